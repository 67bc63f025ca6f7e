//! The state that all handlers share.

use std::sync::Arc;

use crate::app::Gateway;

/// The gateway.
pub(crate) type Shared = Arc<Gateway>;
