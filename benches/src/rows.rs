//! Rows like those of a real fleet, the same on every run: 65 % with a JSON output of 100 to 320 characters,
//! 8 % failed with one of twelve codes, 22 % of the devices with Chinese names; about 230 bytes of text a row, its two
//! times included.

use store::subtasks::Done;
use types::{Code, Fault};

const PRODUCT: &str = "5e25cf17ff79429400c3a1d2";
const ERRORS: [Code; 12] = [
    Code::DeviceMissing,
    Code::DeviceFrozen,
    Code::DeviceNotFrozen,
    Code::SubDeviceNotFreezable,
    Code::NodeIdTaken,
    Code::GatewayMissing,
    Code::LevelTooDeep,
    Code::DeviceQuota,
    Code::DeviceTaken,
    Code::ProductMissing,
    Code::InvalidInput,
    Code::Internal,
];
const CHINESE_SITES: [&str; 8] =
    ["上海浦东", "北京朝阳", "深圳南山", "杭州滨江", "成都高新", "广州天河", "武汉光谷", "西安雁塔"];
const CHINESE_KINDS: [&str; 5] = ["智能水表", "路灯控制器", "温湿度传感器", "网关", "燃气报警器"];
const SITES: [&str; 8] =
    ["plant-a", "plant-b", "depot-7", "lab", "warehouse-east", "warehouse-west", "roof", "basement-2"];
const KINDS: [&str; 6] = ["water-meter", "lamp-ctl", "temp-sensor", "gateway", "gas-alarm", "tracker"];
const FIRMWARES: [&str; 5] = ["V1.0.3", "V1.1.0", "V1.1.7", "V2.0.0-rc2", "V2.0.1"];
const RESULTS: [&str; 4] = ["ok", "success", "done", "accepted"];

/// Chances that depend on nothing but the row (xorshift64*, its seed spread by the golden ratio).
struct Dice(u64);

impl Dice {
    fn of(number: i64) -> Self {
        let seed = number.unsigned_abs().wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut dice = Self(seed | 1);
        dice.roll();
        dice
    }

    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, bound: u64) -> u64 {
        (self.roll() >> 32) % bound
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }
}

/// The `number`-th device.
pub(crate) fn target(number: i64) -> String {
    format!("{PRODUCT}_{}", node_id(number))
}

/// Half of them count up, as the numbers of one maker do; the others look like chance, but none comes twice.
fn node_id(number: i64) -> String {
    let spread = (number as u32).wrapping_mul(0x9e37_79b1);
    if spread & 1 << 20 == 0 {
        format!("{:012}", 860_000_000_012 + number * 7 + i64::from(spread >> 28 & 3))
    } else {
        format!("SN{:02X}{spread:08X}", spread >> 11 & 0xff)
    }
}

/// What became of the `number`-th device.
pub(crate) fn done(number: i64) -> Done {
    let dice = &mut Dice::of(number);
    let failed = dice.below(100) < 8;
    let started_ms = 1_769_842_800_000 + number * 8 + dice.below(8) as i64;
    Done {
        ordinal: number,
        target: Some(target(number)),
        output: (dice.below(100) < if failed { 25 } else { 65 }).then(|| output(dice, number)),
        error: failed.then(|| Fault::from(dice.one(&ERRORS))),
        node_id: Some(node_id(number)),
        device_name: Some(device_name(dice)),
        started_ms,
        ended_ms: started_ms + 80 + dice.below(8192) as i64,
    }
}

fn device_name(dice: &mut Dice) -> String {
    if dice.below(100) < 22 {
        format!("{}-{}-{:05}", dice.one(&CHINESE_SITES), dice.one(&CHINESE_KINDS), dice.below(100_000))
    } else {
        format!("{}/{}/{:06}", dice.one(&SITES), dice.one(&KINDS), dice.below(1_000_000))
    }
}

fn output(dice: &mut Dice, number: i64) -> String {
    match dice.below(100) {
        0..55 => response(dice),
        55..85 => properties(dice, number),
        85..95 => upgrade(dice),
        _ => dump(dice),
    }
}

fn response(dice: &mut Dice) -> String {
    format!(
        r#"{{"result_code":0,"response_name":"COMMAND_RESPONSE","paras":{{"result":"{}","rssi":-{},"battery":{},"voltage":{}.{:02}}}}}"#,
        dice.one(&RESULTS),
        50 + dice.below(64),
        dice.below(101),
        3 + dice.below(2),
        dice.below(100),
    )
}

fn properties(dice: &mut Dice, number: i64) -> String {
    format!(
        r#"{{"services":[{{"service_id":"Meter","properties":{{"flow":{}.{:03},"total":{},"valve":"{}","temp":{}.{}}},"event_time":"20260131T07{:02}{:02}Z"}}],"fw":"{}","seq":{number},"trace":"{:016x}"}}"#,
        dice.below(32),
        dice.below(1000),
        dice.below(1 << 24),
        dice.one(&["open", "closed"]),
        dice.below(32),
        dice.below(8),
        dice.below(60),
        dice.below(60),
        dice.one(&FIRMWARES),
        dice.roll(),
    )
}

fn upgrade(dice: &mut Dice) -> String {
    format!(
        r#"{{"upgrade":{{"from":"{}","to":"V2.0.1","bytes":{},"crc":"{:08x}","log":["download ok","verify ok","reboot in {}s","slot {} active"]}},"uptime":{},"desc":"升级完成"}}"#,
        dice.one(&FIRMWARES),
        400_000 + dice.below(1 << 18),
        dice.below(1 << 32),
        dice.below(32),
        dice.one(&["A", "B"]),
        dice.below(1 << 20),
    )
}

fn dump(dice: &mut Dice) -> String {
    let points: Vec<_> = (0..8 + dice.below(16))
        .map(|_| format!("[{},{}.{}]", dice.below(1 << 16), dice.below(64), dice.below(8)))
        .collect();
    format!(r#"{{"dump":true,"points":[{}]}}"#, points.join(","))
}
