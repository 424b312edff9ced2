//! What `kms_api!` accepts, and how it refuses the rest: each error is at the token that is wrong.

#[test]
fn declarations_compile_or_are_refused_at_the_wrong_token() {
    let cases = trybuild::TestCases::new();
    cases.pass("pass/*.rs");
    cases.compile_fail("fail/*.rs");
}
