//! What devices are sent: one reader for the body of a call and for the document of a batch task.

use serde_json::Value as Json;
use types::text;

use super::{Fields, Shape, rule};

/// Most bytes of what goes with a message, or of the parameters of a command: as many as of a message itself.
const DOWN_BYTES_MAX: usize = rule::MESSAGE.max;
/// Most bytes of the parameters of an asynchronous command. Documented: 32 K.
const PARAS_BYTES_MAX: usize = 32 << 10;
/// Minutes that a message is kept. Documented: a day.
const TTL_MINUTES_MAX: i64 = 1440;
/// Seconds that a command is kept. Documented: up to two days, one unless said.
const EXPIRE_SECONDS: (i64, i64) = (172_800, 86_400);

/// The order to send a message.
#[derive(Clone, Debug)]
pub struct SendMessage {
    /// Its id, unique for the device; `None` to make one.
    pub message_id: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// What it says.
    pub message: String,
    /// How that is encoded.
    pub encoding: &'static str,
    /// Whether it is wrapped.
    pub payload_format: &'static str,
    /// Below the device's own topics.
    pub topic: Option<String>,
    /// Any topic.
    pub topic_full_name: Option<String>,
    /// Of MQTT 5.
    pub properties: Option<Json>,
    /// Minutes that it is kept.
    pub ttl_minutes: i64,
}

/// Reads the fields of a message.
pub fn send_message(fields: &mut Fields<'_>) -> SendMessage {
    let said = || Shape::Either(vec![Shape::Text(rule::MESSAGE), Shape::Free(rule::MESSAGE.max)]);
    let message = match fields.given("message", said) {
        Some(Json::String(text)) => Some(text.clone()),
        Some(object @ Json::Object(_)) => Some(object.to_string()),
        Some(_) => {
            fields.wrong("message", text!("must be a string or an object", "必须是字符串或JSON对象"));
            None
        }
        None => None,
    };
    let message = fields.required("message", message);
    if message.len() > rule::MESSAGE.max || !rule::MESSAGE.admits(&message) {
        fields.wrong("message", rule::MESSAGE.says.into());
    }
    let order = SendMessage {
        message_id: fields.text("message_id", rule::ID128),
        name: fields.text("name", rule::TEXT128),
        message,
        encoding: fields.word("encoding", &[("none", "none"), ("base64", "base64")]).unwrap_or("none"),
        payload_format: fields
            .word("payload_format", &[("standard", "standard"), ("raw", "raw")])
            .unwrap_or("standard"),
        topic: fields.text("topic", rule::TEXT128),
        topic_full_name: fields.text("topic_full_name", rule::TEXT128),
        properties: fields.object("properties", DOWN_BYTES_MAX),
        ttl_minutes: fields.multiple("ttl", 0, TTL_MINUTES_MAX, 5).unwrap_or(TTL_MINUTES_MAX),
    };
    if order.topic.is_some() && order.topic_full_name.is_some() {
        fields.wrong("topic", text!("cannot stand beside topic_full_name", "不能与topic_full_name同时填写"));
    }
    order
}

/// The order to send a command and wait for its answer.
pub fn send_command(fields: &mut Fields<'_>) {
    fields.text("service_id", rule::TEXT64);
    fields.text("command_name", rule::TEXT128);
    let paras = fields.object("paras", DOWN_BYTES_MAX);
    fields.required("paras", paras);
}

/// The order to keep a command for a device.
#[derive(Clone, Debug)]
pub struct SendAsyncCommand {
    /// The service.
    pub service_id: Option<String>,
    /// The command.
    pub command_name: Option<String>,
    /// Its parameters, as JSON.
    pub paras: String,
    /// Seconds that it is kept.
    pub expire_seconds: i64,
    /// When it is sent.
    pub send_strategy: &'static str,
}

/// Reads the fields of an asynchronous command.
pub fn send_async_command(fields: &mut Fields<'_>) -> SendAsyncCommand {
    let (most, usual) = EXPIRE_SECONDS;
    let paras = fields.object("paras", PARAS_BYTES_MAX);
    let strategies = [("immediately", "immediately"), ("delay", "delay")];
    let strategy = fields.word("send_strategy", &strategies);
    SendAsyncCommand {
        service_id: fields.text("service_id", rule::TEXT64),
        command_name: fields.text("command_name", rule::TEXT128),
        paras: fields.required("paras", paras).to_string(),
        expire_seconds: fields.int("expire_time", 0, most).unwrap_or(usual),
        send_strategy: fields.required("send_strategy", strategy),
    }
}

/// Reads which packages devices are upgraded to: `package_ids`, as the documentation's table of fields has it, or
/// `package_id`, as its samples do.
pub fn packages(fields: &mut Fields<'_>) -> Vec<String> {
    let one = fields.text("package_id", rule::ID36);
    let several = match fields.given("package_ids", || Shape::texts(0, PACKAGES_MAX, rule::ID36)) {
        Some(Json::Array(list)) => {
            list.iter().map(|id| id.as_str().filter(|id| rule::ID36.admits(id)).map(str::to_owned)).collect()
        }
        Some(_) => None,
        None => Some(Vec::new()),
    };
    let Some(mut ids) = several.filter(|ids| ids.len() <= PACKAGES_MAX) else {
        let why =
            text!("must be at most {PACKAGES_MAX} ids of packages", "必须为不超过{PACKAGES_MAX}个升级包ID");
        fields.wrong("package_ids", why);
        return Vec::new();
    };
    ids.extend(one);
    if ids.is_empty() && fields.json("package_id").is_none() {
        fields.wrong("package_ids", text!("is required", "不能为空"));
    }
    ids
}

/// Most packages of an upgrade. Not documented; one a product is what makes sense.
const PACKAGES_MAX: usize = 10;
