# bluetooth.axi: bluetooth.
area Bluetooth

topic Beacons

enum BTBStateType
    unplugged plugged failed

type BTBType
    id           int
    name         text
    ethAddr      text
    rfpId        int
    rssi         int
    hierarchy1   text
    hierarchy2   text
    hierarchy3   text
    hierarchy4   text
    calibration  int
    state        BTBStateType
    checkpoint   bool

type BluetoothBeaconSummaryType
    nRecords           int
    idFirst            int
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
    maxRecords  int  default=0

request GetBluetoothBeacon : GetBluetoothBeaconType -> GetBluetoothBeaconRespType
    @ version 2.0.1 pages id btb 0

request CreateBluetoothBeacon : CreateSetBluetoothBeaconType -> CreateSetBluetoothBeaconRespType
    @ version 2.0.1

request SetBluetoothBeacon : CreateSetBluetoothBeaconType -> CreateSetBluetoothBeaconRespType
    @ version 2.0.1

request DeleteBluetoothBeacon : DeleteBluetoothBeaconType -> RespType  version 1.0.1

event EventBluetoothBeaconCnf : EventBluetoothBeaconCnfType  version 2.0.1

request GetBluetoothBeaconSummary : ReqType -> GetBluetoothBeaconSummaryRespType  version 1.0.1

event EventBluetoothBeaconSummary : BluetoothBeaconSummaryType  version 1.0.1

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

request SetBluetoothGlobalSettings : SetBluetoothGlobalSettingsType -> GetSetBluetoothGlobalSettingsRespType
    @ version 1.0.1

event EventBluetoothGlobalSettingsCnf : EventBluetoothGlobalSettingsCnfType  version 1.0.1

request GetBluetoothSensitivity : ReqType -> GetSetBluetoothSensitivityRespType  version 1.0.1

request SetBluetoothSensitivity : SetBluetoothSensitivityType -> GetSetBluetoothSensitivityRespType
    @ version 1.0.1

event EventBluetoothSensitivityCnf : EventBluetoothSensitivityCnfType  version 1.0.1

topic Statistics

type BTStatisticDataType
    id    int
    rssi  int

type BTClientStatisticDataType
    ethAddr      text
    ppn          int
    + btLocStat  BTStatisticDataType  0..*

type EventBluetoothClientStatisticType
    + btClientStat  BTClientStatisticDataType  0..1

type GetBluetoothClientStatisticRespType : RespType
    + btClientStat  BTClientStatisticDataType  0..*

request GetBluetoothClientStatistic : ReqType -> GetBluetoothClientStatisticRespType  version 1.0.1

event EventBluetoothClientStatistic : EventBluetoothClientStatisticType  version 1.0.1
