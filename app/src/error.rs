//! The one error that pages and server functions know.

use leptos::{
    prelude::{FromServerFnError, ServerFnErrorErr},
    server_fn::codec::JsonEncoding,
};
use serde::{Deserialize, Serialize};

/// Why a page or an action could not be served. Internal causes stay in the server's log under `id`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "error")]
pub enum AppError {
    /// Nobody is signed in.
    #[error("Please sign in.")]
    SignedOut,
    /// Signed in, but the role or the scope does not allow it.
    #[error("Your role does not allow this.")]
    Forbidden,
    /// There is no such thing, or it is outside the viewer's scope.
    #[error("There is nothing here under that name.")]
    NotFound,
    /// Somebody else changed it first.
    #[error("Somebody changed this before you: {what}")]
    Conflict {
        /// What changed.
        what: String,
    },
    /// A field of the request is wrong.
    #[error("{message}")]
    Invalid {
        /// The field.
        field: String,
        /// What is wrong with it.
        message: String,
    },
    /// The store is busy or away; trying again can help.
    #[error("Waybill is busy just now. Try again in a moment.")]
    Unavailable,
    /// A fault of ours; the log knows more under this id.
    #[error("Something went wrong on our side (id {id}).")]
    Internal {
        /// The request's id.
        id: String,
    },
    /// The browser could not reach the server or could not read its answer.
    #[error("The server could not be reached.")]
    Transport {
        /// For the console.
        detail: String,
    },
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        Self::Transport { detail: error.to_string() }
    }
}

impl AppError {
    /// The HTTP status that says the same.
    pub fn status(&self) -> u16 {
        match self {
            Self::SignedOut => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Conflict { .. } => 409,
            Self::Invalid { .. } => 422,
            Self::Unavailable => 503,
            Self::Internal { .. } => 500,
            Self::Transport { .. } => 502,
        }
    }
}
