// Package localaws runs parts of AWS on this machine for tests: DynamoDB Local for the ledger's contract
// suite, MiniStack for the deployed stack. Both come from `make tools`; where one is missing, the test fails.
//
// What is started ends with the test, and on Linux also when the test's process is killed. MiniStack listens on
// loopback. DynamoDB Local knows no address to bind to and listens on every interface, on a random port, with
// nothing in it but the test's own data.
package localaws
