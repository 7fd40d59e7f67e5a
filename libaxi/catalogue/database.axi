# database.axi: database.
area Database

topic Backups

enum DbTransferStateSelectType
    manualBackup manualRestore automaticBackup

enum DbTransferStateType
    idle running finished identical internal_error invalid_file invalid_param unknown

type AutoDBBackupFilenameType
    fileName  text

type AutoDBBackupType
    + url  URLType  0..1

type ManualDBBackupRestoreRespType : RespType
    + url  URLType  0..1

type ManualDBBackupRestoreType : ReqType
    + url  URLType  0..1

type EventDbTransferStateType
    select   DbTransferStateSelectType
    state    DbTransferStateType
    error    text
    lastupd  text
    url      text

type GetAutoDBBackupFilenameRespType : RespType AutoDBBackupFilenameType

type GetDbTransferStateRespType : RespType
    select   DbTransferStateSelectType
    state    DbTransferStateType
    error    text
    lastupd  text

type GetDbTransferStateType : ReqType
    select  DbTransferStateSelectType

type GetSetAutoDBBackupRespType : RespType AutoDBBackupType

type SetAutoDBBackupType : ReqType AutoDBBackupType

request DBBackupToUSB : ReqType -> RespType
| Saves the database to USB memory.

request DBRestoreFromUSB : ReqType -> RespType
| Restores the database from USB memory.

request GetAutoDBBackup : ReqType -> GetSetAutoDBBackupRespType  version 2.0.2
| Reads the automatic backup of the database.

request SetAutoDBBackup : SetAutoDBBackupType -> GetSetAutoDBBackupRespType  version 2.0.2
| Changes the automatic backup of the database.

event EventAutoDBBackupCnf : AutoDBBackupType  version 2.0.2
| Sent when the automatic backup of the database changed.

request GetAutoDBBackupFileName : ReqType -> GetAutoDBBackupFilenameRespType  version 1.0.1
| Reads the name of the last automatic backup.

event EventAutoDBBackupFileNameCnf : AutoDBBackupFilenameType  version 1.0.1
| There is a new automatic backup.

request GetDbTransferState : GetDbTransferStateType -> GetDbTransferStateRespType  version 1.0.2
| Reads how far a backup or restoration is.

event EventDbTransferState : EventDbTransferStateType  version 1.0.3
| A backup or restoration went on or ended.

request ManualDBBackup : ManualDBBackupRestoreType -> ManualDBBackupRestoreRespType  version 2.0.2
| Saves the database to a server now.

request ManualDBRestore : ManualDBBackupRestoreType -> ManualDBBackupRestoreRespType  version 2.0.2
| Restores the database from a server.
