use super::AccountsError;
use crate::ids;
use argon2::{
    Argon2,
    password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString},
};
use std::sync::{Arc, OnceLock};
use tokio::sync::Semaphore;

/// Hashes at once. Each takes 19 MiB and some 20 ms of a core: more would let sign-ins starve everybody else.
const AT_ONCE: usize = 2;

/// Shorter ones are guessed; longer ones only make hashing a burden.
const LENGTH: std::ops::RangeInclusive<usize> = 12..=256;

/// Argon2id off the async threads, a few at a time.
#[derive(Clone)]
pub struct Passwords {
    room: Arc<Semaphore>,
    nobody: Arc<OnceLock<String>>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { room: Arc::new(Semaphore::new(AT_ONCE)), nobody: Arc::default() }
    }
}

impl Passwords {
    /// Whether a password is one that may be set.
    pub fn check(password: &str) -> Result<(), AccountsError> {
        if LENGTH.contains(&password.chars().count()) {
            Ok(())
        } else {
            Err(AccountsError::invalid("password", "must have 12 to 256 characters"))
        }
    }

    /// The hash of a new password.
    pub async fn hash(&self, password: String) -> Result<String, AccountsError> {
        self.off_thread(move |_| hash(&password)).await
    }

    /// Whether the password belongs to the hash. Without a hash, for a name that nobody has, it takes as long and says no.
    pub async fn verify(&self, password: String, kept: Option<String>) -> Result<bool, AccountsError> {
        self.off_thread(move |nobody| {
            let known = kept.is_some();
            // Made at the first call of all, so that the first unknown name takes no longer than the others.
            let nobody = nobody.get_or_init(|| hash(&ids::secret()));
            let kept = kept.as_ref().unwrap_or(nobody);
            let matches =
                PasswordHash::new(kept).is_ok_and(|kept| Argon2::default().verify_password(password.as_bytes(), &kept).is_ok());
            matches && known
        })
        .await
    }

    async fn off_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce(&OnceLock<String>) -> T + Send + 'static,
    ) -> Result<T, AccountsError> {
        let permit = Arc::clone(&self.room).acquire_owned().await.expect("the semaphore is never closed");
        let nobody = Arc::clone(&self.nobody);
        let done = tokio::task::spawn_blocking(move || {
            // Held to the end of the work, even if the one who asked has gone.
            let _permit = permit;
            work(&nobody)
        });
        done.await.map_err(|_| AccountsError::Unavailable)
    }
}

/// The library's defaults are OWASP's: argon2id, 19 MiB, two passes, one lane.
fn hash(password: &str) -> String {
    let salt = SaltString::encode_b64(&ids::salt()).expect("sixteen bytes are a salt");
    Argon2::default().hash_password(password.as_bytes(), &salt).expect("the parameters are valid").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_matches_its_own_hash_only() {
        let passwords = Passwords::default();
        let kept = passwords.hash("correct horse battery".into()).await.expect("hashed");
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(passwords.verify("correct horse battery".into(), Some(kept.clone())).await.expect("verified"));
        assert!(!passwords.verify("correct horse batterz".into(), Some(kept)).await.expect("verified"));
        assert!(!passwords.verify("anything".into(), None).await.expect("verified"));
    }
}
