//! The catalogue of error codes: code, English text, Chinese text. Those marked `ours` are not published by
//! the service; they follow the style of those that are. The HTTP status of a code is `api`'s business.

macro_rules! is_published {
    () => {
        true
    };
    (ours) => {
        false
    };
}

macro_rules! catalogue {
    ($($name:ident = $code:literal, $en:literal, $zh:literal $(, $ours:ident)?;)*) => {
        /// A stable error code of the v5 API.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code { $(#[doc = $en] $name,)* }

        impl Code {
            /// Every code that Unlade can raise, in catalogue order.
            pub const ALL: &[Code] = &[$(Code::$name,)*];

            /// The code as it stands on the wire, e.g. `IOTDA.014800`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$name => $code,)* }
            }

            /// The English text.
            pub const fn english(self) -> &'static str {
                match self { $(Code::$name => $en,)* }
            }

            /// The Chinese text.
            pub const fn chinese(self) -> &'static str {
                match self { $(Code::$name => $zh,)* }
            }

            /// Whether the service publishes this code with this text.
            pub const fn is_published(self) -> bool {
                match self { $(Code::$name => is_published!($($ours)?),)* }
            }
        }
    };
}

catalogue! {
    // The gateway's.
    UnknownPath = "APIGW.0101", "The API does not exist or has not been published in the environment.", "API不存在或未发布到环境";
    TooLarge = "APIGW.0201", "Request entity too large.", "请求体过大";

    // Of the account's users and policies. They are told in the identity service's own form, without the code.
    IamInvalid = "IAM.0400", "The request body is invalid.", "请求体无效", ours;
    IamUnauthorized = "IAM.0401", "The username or password is wrong.", "用户名或密码错误", ours;
    IamDenied = "IAM.0403", "Operation not allowed. The user does not have the permission.", "该用户没有权限", ours;
    IamMissing = "IAM.0404", "Could not find it.", "未找到", ours;
    IamTaken = "IAM.0409", "It already exists or is in use.", "已存在或正在使用", ours;
    IamQuota = "IAM.0410", "Operation not allowed. The quota is used up.", "数量达到上限", ours;

    // Common.
    Internal = "IOTDA.000001", "Internal server error.", "服务器内部错误";
    Unauthenticated = "IOTDA.000002", "Authentication failed.", "鉴权失败";
    InvalidInput = "IOTDA.000006", "Invalid input data.", "请求参数不合法";
    InvalidFormat = "IOTDA.000008", "Invalid input. The request format is invalid. For details, see the error message.", "请求的格式不正确，如json非法，mediaType不正确等。";
    InvalidTime = "IOTDA.000009", "Invalid input. Invalid time format.", "时间的格式不正确";
    StartAfterEnd = "IOTDA.000010", "Invalid input. The start time must be earlier than the end time.", "请求中的开始时间大于结束时间";
    AppQuota = "IOTDA.000015", "Operation not allowed. The number of applications has reached the upper limit.", "应用数量达到上限", ours;
    LimitOutOfRange = "IOTDA.000017", "Invalid input. The specified parameter 'limit' is out of range.", "请求中limit参数超过范围";
    MarkerOutOfRange = "IOTDA.000018", "Invalid input. The specified parameter 'marker' is out of range.", "请求中marker参数超过范围";
    ForeignProject = "IOTDA.000021", "Operation not allowed. User not found by IAM token or the authorized user has not subscribed IOTDA service.", "没有找到IAM Token所对应的用户信息或该用户没有订阅设备接入服务（IOTDA）";
    StorageFull = "IOTDA.000503", "Service unavailable. The server is short of free space and takes no new work.", "服务暂不可用，服务器可用空间不足，暂不接受新的工作", ours; // the number too
    Unavailable = "IOTDA.000504", "Service unavailable. A part of the server cannot be reached for now; a request that changes something may or may not have been done.", "服务暂不可用，部分组件暂时无法访问；修改类请求可能已执行，也可能未执行", ours; // the number too
    Overloaded = "IOTDA.000505", "Service unavailable. The server has as much to do as it can, and did nothing of this request.", "服务暂不可用，服务器已满负荷，本次请求未被执行", ours; // the number too
    Denied = "IOTDA.000022", "Operation not allowed. The user does not have the permission", "该用户没有权限";

    // Apps.
    AppMissing = "IOTDA.001000", "The application does not exist.", "该应用不存在";
    AppNotCarried = "IOTDA.001005", "Operation not allowed. The parameter 'app_id' is not carried, and the authorized user has more than one applications. Include the parameter 'app_id', or contact Huawei technical support engineers to merge application data.", "该用户下有多个应用的情况下未携带appId访问接口";
    AppForeign = "IOTDA.001006", "Operation not allowed. Application not found by authorized user or the authorized user has no application.", "用户下没有应用或应用与用户不匹配";
    AppKept = "IOTDA.001007", "Operation not allowed. The application does not belong to the authorized user.", "应用与用户信息不匹配";
    AppNameTaken = "IOTDA.001008", "Operation not allowed. The application name already exists.", "应用名称已存在", ours;

    // Tags.
    ResourceMissing = "IOTDA.004000", "The resource does not exist.", "资源不存在", ours;
    TagQuota = "IOTDA.004001", "Operation not allowed. The number of tags has reached the upper limit.", "标签数量达到上限", ours;
    TagKeyReserved = "IOTDA.004002", "Invalid input. The tag_key cannot start with 'iot_'.", "标签键不能以iot_开头", ours; // the service's text quotes the key
    TagKeyMissing = "IOTDA.004003", "Invalid input. The tag_key does not exist.", "标签键不存在", ours;
    ResourceTypeInvalid = "IOTDA.004004", "Invalid input. The resource_type is invalid.", "资源类型不合法", ours;

    // Products.
    ProductMissing = "IOTDA.013000", "The product does not exist.", "产品不存在", ours;
    ServiceMissing = "IOTDA.013002", "Invalid input. The service does not exist in the product.", "产品中不存在该服务", ours;
    PropertyMissing = "IOTDA.013003", "Invalid input. The property does not exist in the service.", "服务中不存在该属性", ours;
    PropertyNotWritable = "IOTDA.013004", "Operation not allowed. The property can not be written.", "该属性不可写", ours;
    ProductInvalid = "IOTDA.013005", "Invalid input data.", "产品参数不合法", ours;
    ProductQuota = "IOTDA.013006", "Operation not allowed. The product quota is used up.", "产品数量达到上限", ours;
    ProductInUse = "IOTDA.013007", "Operation not allowed. The product is in use or can not be modified.", "产品正在使用或不允许修改", ours;
    ProductTaken = "IOTDA.013010", "Invalid input. The product already exists.", "产品已存在", ours;
    ModelTooLarge = "IOTDA.013012", "Invalid input. The product model exceeds the upper limit.", "产品模型超过上限", ours;
    ProtocolFixed = "IOTDA.013013", "Operation not allowed. The protocol type can not be modified.", "协议类型不允许修改", ours;

    // Device groups.
    GroupMissing = "IOTDA.003000", "The device group does not exist.", "设备组不存在", ours;
    ParentGroupMissing = "IOTDA.003001", "The parent device group does not exist.", "父设备组不存在", ours;
    GroupNameTaken = "IOTDA.003002", "Operation not allowed. The device group name already exists.", "设备组名称已存在", ours;
    GroupQuota = "IOTDA.003003", "Operation not allowed. The number of device groups has reached the upper limit.", "设备组数量达到上限", ours;
    GroupTooDeep = "IOTDA.003004", "Operation not allowed. The level of the device group exceeds the upper limit.", "设备组层级超过上限", ours;
    DeviceInGroup = "IOTDA.003005", "Operation not allowed. The device is already in the device group.", "设备已在设备组中", ours;
    DeviceNotInGroup = "IOTDA.003006", "Operation not allowed. The device is not in the device group.", "设备不在设备组中", ours;
    GroupFull = "IOTDA.003007", "Operation not allowed. The number of devices in the device group has reached the upper limit.", "设备组中的设备数量达到上限", ours;
    GroupsOfDeviceQuota = "IOTDA.003008", "Operation not allowed. The number of device groups that the device is in has reached the upper limit.", "设备加入的设备组数量达到上限", ours;
    GroupHasChildren = "IOTDA.003009", "Operation not allowed. The device group has subgroups.", "设备组存在子设备组", ours;
    GroupNotEmpty = "IOTDA.003010", "Operation not allowed. The device group contains devices.", "设备组中存在设备", ours;
    GroupDynamic = "IOTDA.003011", "Operation not allowed. The device group is dynamic.", "该设备组为动态设备组", ours;

    // Devices.
    DeviceMissing = "IOTDA.014000", "The device does not exist.", "设备不存在";
    NodeIdTaken = "IOTDA.014010", "Invalid input. The node_id is already used in the product.", "该产品下node_id已被使用", ours;
    GatewayMissing = "IOTDA.014011", "Invalid input. The gateway does not exist.", "网关不存在", ours;
    LevelTooDeep = "IOTDA.014012", "Invalid input. The level of the sub-device exceeds the upper limit.", "子设备层级超过上限", ours;
    DeviceQuota = "IOTDA.014019", "Operation not allowed. The device quota is used up.", "设备数量达到上限", ours;
    GatewayFull = "IOTDA.014020", "Operation not allowed. The number of sub-devices of the gateway has reached the upper limit.", "网关的子设备数量达到上限", ours;
    DeviceHasChildren = "IOTDA.014024", "Operation not allowed. The device has sub-devices.", "设备存在子设备", ours;
    ShadowVersion = "IOTDA.014030", "Operation not allowed. The version of the device shadow does not match.", "设备影子版本不一致", ours;
    DeviceTaken = "IOTDA.014031", "Invalid input. The device already exists.", "设备已存在。";
    SubDeviceNotFreezable = "IOTDA.014038", "Operation not allowed. It is not allowed to freeze sub-devices, only gateways or directly connected devices can be frozen.", "禁止冻结子设备，只能冻结网关或者直连设备";
    DeviceFrozen = "IOTDA.014039", "Operation not allowed. The device has been frozen.", "设备已冻结", ours;
    DeviceNotFrozen = "IOTDA.014040", "Operation not allowed. The device is not frozen, can not unfreeze.", "该设备未被冻结，无法解冻";

    // What is sent to devices.
    DeviceOffline = "IOTDA.014016", "Operation not allowed. The device is not online.", "设备不在线";
    DeviceIsFrozen = "IOTDA.014018", "Operation not allowed. The device is frozen.", "设备被冻结", ours;
    CommandsPending = "IOTDA.014101", "Operation not allowed. The number of cached commands has reached the upper limit.", "缓存的命令数量达到上限", ours;
    CommandTimeout = "IOTDA.014111", "Command request timed out. Check whether the device returns a response within the specified time after receiving the request.", "同步命令等待设备回复命令响应超时。";
    MessageTaken = "IOTDA.014150", "Invalid input. The message_id already exists.", "message_id已存在", ours;
    // Commands.
    CommandsUnsupported = "IOTDA.014106", "Operation not allowed. The device does not support commands.", "设备不支持命令", ours;
    CommandMissing = "IOTDA.014108", "Invalid input. The command does not exist in the product model.", "产品模型中不存在该命令", ours;
    CommandInvalid = "IOTDA.014115", "Invalid input. The command parameters are invalid.", "命令参数不合法", ours;

    // Batch tasks.
    BatchTaskMissing = "IOTDA.014200", "The batch task does not exist.", "批量任务不存在", ours;
    TaskTypeUnsupported = "IOTDA.014201", "Invalid input. The task type is not supported.", "不支持的任务类型", ours;
    TargetsInvalid = "IOTDA.014203", "Invalid input. The targets are invalid.", "执行目标不合法", ours;
    TaskStateRefused = "IOTDA.014202", "Operation not allowed. The task can not be executed in its current status.", "任务当前状态不允许该操作", ours;
    DocumentInvalid = "IOTDA.014204", "Invalid input. The document is invalid.", "任务文档不合法", ours;
    DocumentSourceMissing = "IOTDA.014205", "Invalid input. The document_source does not exist.", "任务文件不存在", ours;
    BatchTaskQuota = "IOTDA.014206", "Operation not allowed. The number of running batch tasks has reached the upper limit.", "执行中的批量任务数量达到上限", ours;
    TaskPolicyInvalid = "IOTDA.014207", "Invalid input. The task policy is invalid.", "任务策略不合法", ours;
    TargetsTooMany = "IOTDA.014208", "Invalid input. The number of targets exceeds the upper limit.", "执行目标数量超过上限", ours;
    TargetNotInTask = "IOTDA.014219", "Invalid input. The target is not in the task", "执行目标不在任务中";
    BatchTaskUnfinished = "IOTDA.014221", "Operation not allowed. The batch task has not been finished.", "批量任务未完成", ours;

    // Batch task files.
    BatchFileMissing = "IOTDA.014600", "The batch task file does not exist.", "批量任务不存在";
    BatchFileQuota = "IOTDA.014601", "Operation not allowed. The number of batch task files has reached the upper limit.", "批量任务文件数量达到上限", ours;
    BatchFileNameTaken = "IOTDA.014602", "Invalid input. The batch task file name already exists.", "批量任务文件名已存在";
    BatchFileTooLarge = "IOTDA.014603", "Invalid input. The size of batch task file exceeds the upper limit.", "批量任务文件的大小超过最大限制";
    BatchFileTypeUnsupported = "IOTDA.014604", "Invalid input. The file type is not supported.", "不支持的文件类型", ours;
    BatchFileNameInvalid = "IOTDA.014605", "Invalid input. The file name is invalid.", "文件名不合法", ours;
    BatchFileInvalid = "IOTDA.014606", "Invalid input. The content of the file is invalid.", "文件内容不合法", ours;

    // Export tasks.
    ExportTaskInvalid = "IOTDA.014800", "Invalid input. The parameter of the export task is invalid.", "导出任务参数不合法", ours;
    ExportTasksUnfinished = "IOTDA.014801", "Operation not allowed. The number of unfinished export tasks has reached the upper limit.", "未完成的导出任务数量达到上限", ours;
    ExportTaskMissing = "IOTDA.014802", "The export task does not exist.", "导出任务不存在", ours;
    ExportTaskNotCompleted = "IOTDA.014803", "Operation not allowed. The export task has not been completed.", "导出任务未完成", ours;
    ExportSourceMissing = "IOTDA.014805", "Operation not allowed. The resource to be exported does not exist.", "待导出的资源不存在", ours;

    // OTA packages.
    PackageMissing = "IOTDA.019300", "The OTA package does not exist.", "升级包不存在", ours;
    PackageQuota = "IOTDA.019303", "Operation not allowed. The number of OTA packages has reached the upper limit.", "升级包数量达到上限", ours;
    PackageInvalid = "IOTDA.019304", "Invalid input. The parameter of the OTA package is invalid.", "升级包参数不合法", ours;

    // Rates.
    RateLimited = "IOTDA.021101", "Request reached the maximum rate limit.", "请求已经达到限制速率";
    AccountRateLimited = "IOTDA.021102", "The request rate has reached the upper limit of the tenant.", "请求已经达到租户的限制速率";
}

impl Code {
    /// The code that stands on the wire as `text`.
    pub fn from_wire(text: &str) -> Option<Code> {
        Self::ALL.iter().copied().find(|code| code.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn no_code_stands_twice() {
        let mut seen = std::collections::HashSet::new();
        for code in Code::ALL {
            assert!(seen.insert(code.as_str()), "{} twice", code.as_str());
            assert_eq!(Code::from_wire(code.as_str()), Some(*code));
        }
    }
}
