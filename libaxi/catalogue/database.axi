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

request DBRestoreFromUSB : ReqType -> RespType

request GetAutoDBBackup : ReqType -> GetSetAutoDBBackupRespType  version 2.0.2

request SetAutoDBBackup : SetAutoDBBackupType -> GetSetAutoDBBackupRespType  version 2.0.2

event EventAutoDBBackupCnf : AutoDBBackupType  version 2.0.2

request GetAutoDBBackupFileName : ReqType -> GetAutoDBBackupFilenameRespType  version 1.0.1

event EventAutoDBBackupFileNameCnf : AutoDBBackupFilenameType  version 1.0.1

request GetDbTransferState : GetDbTransferStateType -> GetDbTransferStateRespType  version 1.0.2

event EventDbTransferState : EventDbTransferStateType  version 1.0.3

request ManualDBBackup : ManualDBBackupRestoreType -> ManualDBBackupRestoreRespType  version 2.0.2

request ManualDBRestore : ManualDBBackupRestoreType -> ManualDBBackupRestoreRespType  version 2.0.2
