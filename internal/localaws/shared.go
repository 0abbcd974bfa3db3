package localaws

import (
	"os"
	"sync"
	"testing"
)

var shared = sync.OnceValues(func() (*DynamoDB, error) {
	d, err := RunDynamoDB("")
	if err != nil {
		return nil, err
	}
	return d, os.RemoveAll(d.temp) // nobody is left to remove it when the binary ends
})

// SharedDynamoDB returns the DynamoDB Local in memory that all tests of this binary share, for starting one
// takes two seconds; Client keeps their data apart. It is started at the first call and dies with the binary
// (Linux; elsewhere use RunDynamoDB in TestMain).
func SharedDynamoDB(tb testing.TB) *DynamoDB {
	tb.Helper()
	d, err := shared()
	if err != nil {
		tb.Fatal(err)
	}
	return d
}
