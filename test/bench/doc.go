// Package bench has Go benchmarks of what a webhook, a closer's pass and a sweep's case cost in the process itself, with the
// handlers that are deployed and the AWS SDK's client on answers from memory:
//
//	go test -run '^$' -bench . -count 10 ./test/bench > after.txt; benchstat before.txt after.txt
//
// The whole cost, with connections and the Lambda runtime, is measured by tools/bench.
package bench
