package main

import (
	goruntime "runtime"
	"runtime/debug"
	"strconv"
)

const (
	// fullCPU is the memory size in MB from which a function has a whole CPU (AWS Lambda Developer Guide, "Configure Lambda
	// function memory").
	fullCPU = 1769
	// gcPercent lets the heap grow to three times what is in use before it is collected. What is in use is 2 to 3 MB.
	gcPercent = 200
)

// fit adapts Go's runtime to the memory size that Lambda says the function has. Below a whole CPU a second thread of Go code
// finds no CPU to run on, and costs wake-ups. The heap's limit leaves a quarter of the memory to everything else.
func fit(getenv func(string) string) {
	mb, err := strconv.Atoi(getenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"))
	if err != nil || mb < 1 {
		return // not on Lambda
	}
	if mb < fullCPU {
		goruntime.GOMAXPROCS(1)
	}
	debug.SetGCPercent(gcPercent)
	debug.SetMemoryLimit(int64(mb) << 20 / 4 * 3)
}
