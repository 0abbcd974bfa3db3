// Package stack holds the tests of the deployed stack: `sam build` and `sam deploy` of template.yaml on
// MiniStack, with IAM enforced, and the whole path driven from outside, by signed webhooks over HTTP.
//
// They need the build tag `parts` and what `make tools` installs. One MiniStack and one stack serve all tests;
// each test works on disputes of its own.
package stack
