//! Reading for a page: a resource of one shape, whatever it holds.
//!
//! Leptos compiles its resource, suspense and hydration machinery anew for each type that passes through, and ten pages
//! would carry it ten times over the wire. Here every answer travels as one type and is opened where it is shown.

use crate::error::AppError;
use leptos::prelude::*;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};
use std::{any::Any, future::Future, marker::PhantomData, pin::Pin, sync::Arc};

type Later<T> = Pin<Box<dyn Future<Output = T> + Send>>;
type Answer = Result<Sealed, AppError>;

/// What the server answered, read again whenever its key changes.
pub(crate) struct Read<T> {
    answer: Resource<Answer>,
    holds: PhantomData<fn() -> T>,
}

impl<T> Clone for Read<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Read<T> {}

impl<T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static> Read<T> {
    /// Reads now, and again when `key` has another value.
    pub(crate) fn new<F>(key: impl Fn() -> String + Send + Sync + 'static, fetch: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<T, AppError>> + Send + 'static,
    {
        let fetch = move || -> Later<Answer> {
            let answer = fetch();
            Box::pin(async move { answer.await.map(Sealed::new) })
        };
        Self { answer: resource(Box::new(key), Box::new(fetch)), holds: PhantomData }
    }

    /// The answer, when it is there.
    pub(crate) fn get(self) -> Later<Result<T, AppError>> {
        Box::pin(async move {
            let answer = self.answer.await;
            #[cfg(feature = "ssr")]
            once_more().await;
            answer.and_then(|sealed| sealed.open())
        })
    }
}

/// Ready when it is asked a second time. Leptos looks twice at what waits for data: first whether it still waits, then for the
/// view. Without this, the first look would build all that the data is shown by, and throw it away.
#[cfg(feature = "ssr")]
async fn once_more() {
    let mut asked = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut asked, true) {
            return std::task::Poll::Ready(());
        }
        context.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}

/// The only place where a resource is made.
fn resource(key: Box<dyn Fn() -> String + Send + Sync>, fetch: Box<dyn Fn() -> Later<Answer> + Send + Sync>) -> Resource<Answer> {
    Resource::new(key, move |_| fetch())
}

/// An answer without its type.
#[derive(Clone)]
enum Sealed {
    /// As it was answered, and how to write it down for the browser.
    Whole(Arc<dyn Any + Send + Sync>, fn(&dyn Any) -> String),
    /// As the server has written it into the page.
    Text(Arc<str>),
}

impl Sealed {
    fn new<T: Serialize + Send + Sync + 'static>(value: T) -> Self {
        Self::Whole(Arc::new(value), text_of::<T>)
    }

    fn open<T: DeserializeOwned + Clone + Send + Sync + 'static>(self) -> Result<T, AppError> {
        match self {
            Self::Whole(value, _) => match value.downcast::<T>() {
                Ok(value) => Ok(Arc::unwrap_or_clone(value)),
                Err(_) => Err(AppError::Transport { detail: "an answer of another type".into() }),
            },
            // From bytes, as the browser reads its answers: one parser for both.
            Self::Text(text) => {
                serde_json::from_slice(text.as_bytes()).map_err(|error| AppError::Transport { detail: error.to_string() })
            }
        }
    }
}

/// Only the server writes answers into a page; the browser has no use for the code.
#[cfg(feature = "ssr")]
fn text_of<T: Serialize + 'static>(value: &dyn Any) -> String {
    value.downcast_ref::<T>().and_then(|value| serde_json::to_string(value).ok()).unwrap_or_default()
}

#[cfg(not(feature = "ssr"))]
#[expect(clippy::extra_unused_type_parameters, reason = "called as its counterpart on the server is")]
fn text_of<T>(_value: &dyn Any) -> String {
    String::new()
}

impl Serialize for Sealed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Whole(value, text_of) => serializer.serialize_str(&text_of(value.as_ref())),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for Sealed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::Text(String::deserialize(deserializer)?.into()))
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn an_answer_survives_the_page() {
        let sealed = Sealed::new(vec!["a \"quoted\" </script>".to_owned()]);
        let written = serde_json::to_string(&sealed).expect("strings can be written");
        let read: Sealed = serde_json::from_str(&written).expect("just written");
        assert_eq!(read.open::<Vec<String>>().expect("same type"), ["a \"quoted\" </script>"]);
        assert_eq!(sealed.open::<Vec<String>>().expect("same type").len(), 1);
    }

    #[test]
    fn an_answer_of_another_type_is_an_error() {
        assert!(Sealed::new(1_u8).open::<String>().is_err());
    }
}
