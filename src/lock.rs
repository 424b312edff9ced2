//! Locks whose data is consistent whenever they are released.

pub(crate) use alibabacloud_kms_middleware::__private::lock;
