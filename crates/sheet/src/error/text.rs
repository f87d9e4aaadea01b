//! What each error says, in the languages that people read.

use std::fmt;

use types::{Language, Text, text};

use super::{Error, Stop};

impl Error {
    /// What it says.
    pub fn text(&self) -> Text {
        match self {
            Self::FileTooLarge { limit } => {
                text!("the file is larger than {limit} bytes", "文件超过{limit}字节")
            }
            Self::UnknownFormat => text!("the file is not a spreadsheet", "文件不是电子表格"),
            Self::TooOld => text!(
                "the file is of a kind that is older than Excel 5; save it as an .xlsx",
                "文件格式早于Excel 5，请另存为.xlsx文件"
            ),
            Self::Encrypted => text!(
                "the file is protected by a password; save it without one",
                "文件受密码保护，请取消密码后重新保存"
            ),
            Self::Container => {
                text!("the file is not built like a spreadsheet", "文件的内部结构不是电子表格")
            }
            Self::Inflates => text!(
                "the file inflates to more than a spreadsheet of this size does",
                "文件解压后的大小超出同等大小电子表格的正常范围"
            ),
            Self::Damaged { reason } => text!("the file is damaged: ", "文件已损坏：") + reason.clone(),
            Self::NoWorksheet => text!("the file has no worksheet", "文件中没有工作表"),
            Self::Blank => text!("the first worksheet is blank", "第一个工作表为空"),
            Self::TooManyRows { limit } => text!(
                "the first worksheet has more than {limit} rows below its header",
                "第一个工作表的表头下超过{limit}行"
            ),
            Self::TooManyColumns { at, limit } => {
                text!("cell {at} lies beyond the first {limit} columns", "单元格{at}超出前{limit}列")
            }
            Self::BeyondLastRow { at } => {
                text!("cell {at} lies beyond the last row of a worksheet", "单元格{at}超出工作表的最后一行")
            }
            Self::CellTooLong { at, limit } => {
                text!("cell {at} is longer than {limit} bytes", "单元格{at}超过{limit}字节")
            }
            Self::DigitsLost { at } => text!(
                "cell {at} is a number of more than 15 digits, which a spreadsheet cannot keep; format it as text",
                "单元格{at}是超过15位的数字，电子表格无法保留全部数位，请将其设置为文本格式"
            ),
            Self::NoTitle { at } => {
                text!(
                    "cell {at} has a value, but its column has no title",
                    "单元格{at}有值，但所在列的表头为空"
                )
            }
            Self::OutOfOrder { at } => {
                text!("the file is damaged: cell {at} is out of order", "文件已损坏：单元格{at}的顺序错误")
            }
            Self::Io { reason } => text!("the file cannot be read: {reason}", "文件无法读取：{reason}"),
            Self::Killed { stop } => {
                text!("reading the file was stopped: ", "文件读取被中止：") + stop.text()
            }
        }
    }
}

impl Stop {
    fn text(self) -> Text {
        match self {
            Self::TimeUp => text!("it took too long", "耗时过长"),
            Self::Signal(number) => text!("signal {number}", "收到信号{number}"),
            Self::Exit(code) => text!("exit code {code}", "退出码{code}"),
            Self::Incomplete => text!("it ended before the file did", "在文件结束前退出"),
            Self::Garbled => text!("it wrote no frame", "输出的数据无法识别"),
        }
    }
}

/// For the log.
impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.text().in_language(Language::English))
    }
}

impl std::error::Error for Error {}
