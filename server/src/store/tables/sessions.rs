//! Sign-ins.

use super::{Database, audit, people};
use crate::{
    domain::{
        account::{Person, SecretHash, Session},
        ids::{SessionId, UserId},
        receipt::Lane,
        time::Instant,
    },
    store::{
        StoreError,
        accounts::SessionStore,
        audit::Note,
        sql::{self, params, query},
    },
};
use async_trait::async_trait;
use tokio::sync::watch;

#[async_trait]
impl SessionStore for Database {
    async fn begin_session(
        &self,
        session: Session,
        token: SecretHash,
        replaced: Option<SecretHash>,
        note: Note,
    ) -> Result<(), StoreError> {
        let work = self.writer.run_aside(Lane::Single, move |connection| {
            sql::execute(
                connection,
                "DELETE FROM sessions WHERE token_hash = ?1 OR expires_at <= ?2",
                params![replaced.map(|hash| hash.0), session.created_at.0],
            )?;
            sql::execute(
                connection,
                "INSERT INTO sessions (token_hash, id, user_id, address, created_at, seen_at, expires_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![
                    token.0,
                    session.id.as_str(),
                    session.user.as_str(),
                    session.address,
                    session.created_at.0,
                    session.seen_at.0,
                    session.expires_at.0
                ],
            )?;
            audit::write(connection, &note).map(drop)
        });
        work.await
    }

    async fn session(&self, token: SecretHash) -> Result<Option<(Session, Person)>, StoreError> {
        let row = query(
            "SELECT u.id, u.name, u.role, u.regions, u.business_units, u.environment, u.time_zone, u.disabled, u.created_at, u.version,
                    s.id AS session_id, s.address, s.created_at AS begun_at, s.seen_at, s.expires_at
             FROM sessions s
             JOIN users u ON u.id = s.user_id
             WHERE s.token_hash = $1",
        )
        .bind(token.0.to_vec())
        .fetch_optional(&self.read)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let person = people::person(&row)?;
        let session = Session {
            id: SessionId(row.try_get("session_id")?),
            user: person.id.clone(),
            address: row.try_get("address")?,
            created_at: Instant(row.try_get("begun_at")?),
            seen_at: Instant(row.try_get("seen_at")?),
            expires_at: Instant(row.try_get("expires_at")?),
        };
        Ok(Some((session, person)))
    }

    async fn seen(&self, token: SecretHash, at: Instant) -> Result<(), StoreError> {
        let work = self.writer.run_calmly(move |connection| {
            // None changed: the session ended meanwhile, which is as good.
            let sql = "UPDATE sessions SET seen_at = max(seen_at, ?1) WHERE token_hash = ?2";
            sql::execute(connection, sql, params![at.0, token.0]).map(drop)
        });
        work.await
    }

    fn rights_changed(&self) -> watch::Receiver<u64> {
        self.writer.rights()
    }

    async fn end_session(&self, token: SecretHash, note: Note) -> Result<(), StoreError> {
        let work = self.writer.run_aside(Lane::Single, move |connection| {
            match sql::execute(connection, "DELETE FROM sessions WHERE token_hash = ?1", [token.0])? {
                0 => Ok(()),
                _ => {
                    connection.tell_rights()?;
                    audit::write(connection, &note).map(drop)
                }
            }
        });
        work.await
    }

    async fn end_sessions(&self, user: UserId, note: Note) -> Result<u64, StoreError> {
        let work = self.writer.run_aside(Lane::Single, move |connection| {
            // sessions_by_user
            let ended = sql::execute(connection, "DELETE FROM sessions WHERE user_id = ?1", [user.as_str()])?;
            connection.tell_rights()?;
            audit::write(connection, &note)?;
            Ok(ended as u64)
        });
        work.await
    }
}
