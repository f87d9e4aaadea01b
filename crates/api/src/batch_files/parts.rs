//! The parts of an upload's body. It knows of bytes alone, and `fuzz/` includes it as it is.

use axum::{
    body::{Body, Bytes},
    extract::{
        DefaultBodyLimit, FromRequest, Multipart, Request,
        multipart::{Field, MultipartError},
    },
    http::{HeaderValue, header},
};
use types::{Code, Fault, text};

use super::pace::Pace;

/// Most bytes of all parts that are not the file; nobody has a use for them.
pub(crate) const OTHER_PARTS_MAX: u64 = 1 << 20;
/// Most characters of a file's name.
const NAME_MAX: usize = 60;

/// What a body consists of.
pub(crate) struct Parts {
    reader: Multipart,
    pace: Pace,
    file_max: u64,
}

/// One part, while it is read.
pub(crate) struct Part<'p> {
    field: Field<'p>,
    pace: &'p mut Pace,
    file_max: u64,
    len: u64,
}

impl Parts {
    /// Those of a body of this Content-Type, of which the file may have `file_max` bytes.
    pub(crate) async fn of(kind: Option<&HeaderValue>, body: Body, file_max: u64) -> Result<Self, Fault> {
        let (pace, body) = Pace::of(body, read_max(file_max).saturating_add(OTHER_PARTS_MAX));
        let mut request = Request::new(body);
        if let Some(kind) = kind {
            request.headers_mut().insert(header::CONTENT_TYPE, kind.clone());
        }
        // The router's own layer does not reach a request that is made here; the limits are those of `Pace` and `piece`.
        DefaultBodyLimit::disable().apply(&mut request);
        let reader = Multipart::from_request(request, &()).await.map_err(|_| not_multipart())?;
        Ok(Self { reader, pace, file_max })
    }

    /// The next part.
    pub(crate) async fn next(&mut self) -> Result<Option<Part<'_>>, Fault> {
        let field = self.pace.keep(self.reader.next_field()).await.map_err(|error| unreadable(&error))?;
        Ok(field.map(|field| Part { field, pace: &mut self.pace, file_max: self.file_max, len: 0 }))
    }
}

impl Part<'_> {
    /// Whether it is the file; any other is to be passed over.
    pub(crate) fn is_file(&self) -> bool {
        self.field.name() == Some("file")
    }

    /// Reads it to its end, for nobody.
    pub(crate) async fn pass_over(mut self) -> Result<(), Fault> {
        while self.chunk().await?.is_some() {}
        Ok(())
    }

    /// The file's name without a path, as browsers and SDKs send it.
    pub(crate) fn file_name(&self) -> Result<String, Fault> {
        let name = self.field.file_name().unwrap_or_default();
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let fine = (1..=NAME_MAX).contains(&name.chars().count()) && !name.chars().any(char::is_control);
        if !fine {
            let why = text!(
                "file: its name must be 1 to {NAME_MAX} characters",
                "file：文件名必须为1~{NAME_MAX}个字符"
            );
            return Err(Fault::new(Code::BatchFileNameInvalid, why));
        }
        let extension = name.rsplit('.').next().unwrap_or_default();
        if ["xlsx", "xls"].iter().any(|known| extension.eq_ignore_ascii_case(known)) {
            return Ok(name.to_owned());
        }
        let why =
            text!("file: {name} is neither an .xlsx nor an .xls file", "file：{name}不是.xlsx或.xls文件");
        Err(Fault::new(Code::BatchFileTypeUnsupported, why))
    }

    /// The next bytes of the file; none at its end, and none beyond what is read of a file that is too large.
    pub(crate) async fn piece(&mut self) -> Result<Option<Bytes>, Fault> {
        if self.len > read_max(self.file_max) {
            return Ok(None);
        }
        let piece = self.chunk().await?;
        self.len += piece.as_ref().map_or(0, |piece| piece.len() as u64);
        Ok(piece)
    }

    async fn chunk(&mut self) -> Result<Option<Bytes>, Fault> {
        self.pace.keep(self.field.chunk()).await.map_err(|error| unreadable(&error))
    }

    /// How many bytes have come.
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// Refuses a file that has more bytes than it may have.
    pub(crate) fn fits(&self) -> Result<(), Fault> {
        let most = self.file_max;
        if self.len <= most {
            return Ok(());
        }
        Err(Fault::new(Code::BatchFileTooLarge, text!("The limit is {most} bytes.", "上限为{most}字节。")))
    }
}

/// How much of a file is read of which `file_max` bytes are allowed: enough that the sender of a file that is a little
/// too large has sent it and reads the answer.
pub(crate) fn read_max(file_max: u64) -> u64 {
    file_max.saturating_mul(2)
}

fn not_multipart() -> Fault {
    let why = text!("body: must be multipart/form-data", "body：必须是multipart/form-data格式");
    Fault::new(Code::InvalidFormat, why)
}

/// A body that is not what its Content-Type says, or that ends before its end.
fn unreadable(error: &MultipartError) -> Fault {
    let why = error.body_text();
    Fault::new(Code::InvalidFormat, text!("body: {why}", "body：无法读取，原因：{why}"))
}

/// A body without a part `file`.
pub(crate) fn no_file() -> Fault {
    Fault::new(Code::InvalidFormat, text!("file: is required", "file：不能为空"))
}

#[cfg(test)]
mod tests {
    use std::{
        convert::Infallible,
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering::Relaxed},
        },
    };

    use futures_util::{FutureExt, stream};

    use super::*;
    use crate::pieces::GATHERED;

    #[test]
    fn of_many_small_parts_little_more_is_read_than_is_needed_for_the_next() {
        let (pieces, taken) = (Arc::new(AtomicUsize::new(0)), 1000);
        let piece = "--XX\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n\r\n".repeat(20);
        let ahead = GATHERED.div_ceil(piece.len());
        let counted = pieces.clone();
        let body = Body::from_stream(stream::iter(std::iter::repeat_with(move || {
            counted.fetch_add(1, Relaxed);
            Ok::<_, Infallible>(piece.clone())
        })));
        let kind = HeaderValue::from_static("multipart/form-data; boundary=XX");
        let reading = async {
            let mut parts = Parts::of(Some(&kind), body, 1 << 20).await?;
            for _ in 0..taken {
                parts.next().await?.ok_or_else(no_file)?.pass_over().await?;
            }
            Ok::<_, Fault>(())
        };
        assert!(matches!(reading.now_or_never(), Some(Ok(()))), "all that is needed is there");
        assert!(pieces.load(Relaxed) <= taken / 20 + ahead, "{pieces:?} pieces for {taken} parts");
    }
}
