//! Passwords: what one must be like, and the hash that is kept of it (argon2id, 19 MiB, two passes, one lane).

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use domain::Rng;
use types::{Text, text};

use crate::Error;

const CHARS_MIN: usize = 6;
const CHARS_MAX: usize = 32;
/// Of small letters, capital letters, digits and all others.
const SORTS_MIN: usize = 2;

/// What a password is compared with that nobody has: a name that does not exist must take as long as one that does.
const NOBODYS: &str = concat!(
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5bm9ib2Q$",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
);

/// What is wrong with a new password, if anything is.
pub fn password_fault(user_name: &str, password: &str) -> Option<Text> {
    let chars = password.chars().count();
    if !(CHARS_MIN..=CHARS_MAX).contains(&chars) {
        return Some(text!(
            "must have {CHARS_MIN} to {CHARS_MAX} characters",
            "长度必须为{CHARS_MIN}~{CHARS_MAX}个字符"
        ));
    }
    let sorts: [fn(char) -> bool; 4] = [
        |c| c.is_ascii_lowercase(),
        |c| c.is_ascii_uppercase(),
        |c| c.is_ascii_digit(),
        |c| !c.is_ascii_alphanumeric(),
    ];
    if sorts.iter().filter(|sort| password.chars().any(sort)).count() < SORTS_MIN {
        return Some(text!(
            "must hold two of: small letters, capital letters, digits, other characters",
            "必须至少包含大写字母、小写字母、数字和特殊字符中的两种"
        ));
    }
    let backwards: String = user_name.chars().rev().collect();
    let is = |name: &str| name.to_lowercase() == password.to_lowercase();
    (is(user_name) || is(&backwards))
        .then(|| text!("must not be the user's name, forwards or backwards", "不能是用户名或倒序的用户名"))
}

/// The hash that is kept of a password. Takes its time and 19 MiB: a matter for a thread of its own.
pub fn hash_password(rng: &(dyn Rng + 'static), password: &str) -> Result<String, Error> {
    let mut salt = [0; 16];
    rng.fill(&mut salt);
    let hash: PasswordHash = Argon2::default()
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map_err(|error| Error::Hash(error.to_string()))?;
    Ok(hash.to_string())
}

/// Whether a password is the one that was hashed; without a hash it is not, and takes as long.
pub fn password_matches(hash: Option<&str>, password: &str) -> bool {
    let matches = Argon2::default().verify_password(password.as_bytes(), hash.unwrap_or(NOBODYS)).is_ok();
    matches && hash.is_some()
}

#[cfg(test)]
mod tests {
    use domain::SystemRng;

    use super::*;

    #[test]
    fn a_password_matches_its_own_hash_alone() {
        let hash = hash_password(&SystemRng, "Correct-horse1").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(password_matches(Some(&hash), "Correct-horse1"));
        assert!(!password_matches(Some(&hash), "Correct-horse2"));
        assert!(!password_matches(None, "Correct-horse1"));
        assert_ne!(hash, hash_password(&SystemRng, "Correct-horse1").unwrap());
    }

    #[test]
    fn what_nobody_has_is_hashed_like_what_somebody_has() {
        let (nobodys, real) = (PasswordHash::new(NOBODYS).unwrap(), hash_password(&SystemRng, "a").unwrap());
        let real = PasswordHash::new(&real).unwrap();
        assert_eq!(
            (nobodys.algorithm, nobodys.version, nobodys.params),
            (real.algorithm, real.version, real.params)
        );
        assert_eq!(nobodys.hash.unwrap().len(), real.hash.unwrap().len());
    }

    #[test]
    fn a_password_is_like_the_documented_ones() {
        for good in ["abc-12", "Unlade2026", "密码abc12"] {
            assert_eq!(password_fault("ops", good), None, "{good}");
        }
        for bad in ["a-1", "abcdef", "123456", "a1".repeat(17).as_str(), "Anna-01", "10-anna"] {
            assert!(password_fault("anna-01", bad).is_some(), "{bad}");
        }
    }
}
