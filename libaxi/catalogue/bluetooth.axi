# bluetooth.axi: Bluetooth.
area Bluetooth

topic Beacons

enum BTBStateType
    unplugged plugged failed

type BTBType
| A Bluetooth beacon.
    id           int
    name         text          | shown name
    ethAddr      text          | its Bluetooth address
    rfpId        int           | base station
    rssi         int
    hierarchy1   text          | free text
    hierarchy2   text          | free text
    hierarchy3   text          | free text
    hierarchy4   text          | free text
    calibration  int
    state        BTBStateType  | plugged in or not
    checkpoint   bool

type BluetoothBeaconSummaryType
    nRecords           int  | how many
    idFirst            int  | the first id
    checkpointNum      int
    stateUnpluggedNum  int
    statePluggedNum    int
    stateFailedNum     int

type CreateSetBluetoothBeaconRespType : RespType
    + btb  BTBType  0..1

type CreateSetBluetoothBeaconType : ReqType
    + btb  BTBType  0..1

type DeleteBluetoothBeaconType : ReqType
    id  int  required

type EventBluetoothBeaconCnfType
    id     int      required
    + btb  BTBType  0..1

type GetBluetoothBeaconRespType : RespType
    + btb  BTBType  0..*

type GetBluetoothBeaconSummaryRespType : RespType BluetoothBeaconSummaryType

type GetBluetoothBeaconType : ReqType
    id          int  required
    maxRecords  int  default=0  | how many at most

request GetBluetoothBeacon : GetBluetoothBeaconType -> GetBluetoothBeaconRespType
    @ version 2.0.1 pages id btb 0
| Reads Bluetooth beacons from an id on.

request CreateBluetoothBeacon : CreateSetBluetoothBeaconType -> CreateSetBluetoothBeaconRespType
    @ version 2.0.1
| Creates a Bluetooth beacon.

request SetBluetoothBeacon : CreateSetBluetoothBeaconType -> CreateSetBluetoothBeaconRespType
    @ version 2.0.1
| Changes a Bluetooth beacon; attributes that are absent keep their value.

request DeleteBluetoothBeacon : DeleteBluetoothBeaconType -> RespType  version 1.0.1
| Deletes a Bluetooth beacon.

event EventBluetoothBeaconCnf : EventBluetoothBeaconCnfType  version 2.0.1
| Sent when a Bluetooth beacon was created, changed or deleted; carries the key and what changed.

request GetBluetoothBeaconSummary : ReqType -> GetBluetoothBeaconSummaryRespType  version 1.0.1
| Reads how many Bluetooth beacons there are, and the first id.

event EventBluetoothBeaconSummary : BluetoothBeaconSummaryType  version 1.0.1
| Sent when the numbers of Bluetooth beacons changed.

topic Settings

type BTPpSensType
    low     int
    medium  int
    high    int

type BTRfpSensType
    checkpoint  int
    low         int
    medium      int
    high        int

type EventBluetoothGlobalSettingsCnfType
    active  bool

type EventBluetoothSensitivityCnfType
    + rfpSens  BTRfpSensType  0..1
    + ppSens   BTPpSensType   0..1

type GetSetBluetoothGlobalSettingsRespType : RespType
    active  bool

type GetSetBluetoothSensitivityRespType : RespType
    + rfpSens  BTRfpSensType  0..1
    + ppSens   BTPpSensType   0..1

type SetBluetoothGlobalSettingsType : ReqType
    active  bool

type SetBluetoothSensitivityType : ReqType
    + rfpSens  BTRfpSensType  0..1
    + ppSens   BTPpSensType   0..1

request GetBluetoothGlobalSettings : ReqType -> GetSetBluetoothGlobalSettingsRespType  version 1.0.1
| Reads whether Bluetooth locating is on.

request SetBluetoothGlobalSettings : SetBluetoothGlobalSettingsType -> GetSetBluetoothGlobalSettingsRespType
    @ version 1.0.1
| Changes whether Bluetooth locating is on.

event EventBluetoothGlobalSettingsCnf : EventBluetoothGlobalSettingsCnfType  version 1.0.1
| Sent on a change of whether Bluetooth locating is on.

request GetBluetoothSensitivity : ReqType -> GetSetBluetoothSensitivityRespType  version 1.0.1
| Reads the sensitivity of Bluetooth locating.

request SetBluetoothSensitivity : SetBluetoothSensitivityType -> GetSetBluetoothSensitivityRespType
    @ version 1.0.1
| Changes the sensitivity of Bluetooth locating.

event EventBluetoothSensitivityCnf : EventBluetoothSensitivityCnfType  version 1.0.1
| Sent when the sensitivity of Bluetooth locating changed.

topic Statistics

type BTStatisticDataType
    id    int
    rssi  int

type BTClientStatisticDataType
    ethAddr      text
    ppn          int                        | device
    + btLocStat  BTStatisticDataType  0..*

type EventBluetoothClientStatisticType
    + btClientStat  BTClientStatisticDataType  0..1

type GetBluetoothClientStatisticRespType : RespType
    + btClientStat  BTClientStatisticDataType  0..*

request GetBluetoothClientStatistic : ReqType -> GetBluetoothClientStatisticRespType
    @ version 1.0.1 needs Locating?
| Reads which beacons devices received, and how well.

event EventBluetoothClientStatistic : EventBluetoothClientStatisticType  version 1.0.1
| Which beacons a device received, and how well.
