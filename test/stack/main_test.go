//go:build parts

package stack

import (
	"errors"
	"fmt"
	"os"
	"testing"

	"disputecloser/internal/localaws"
)

// deployed is the stack that all tests share.
var deployed *stack

func TestMain(m *testing.M) {
	code, err := runOn(m.Run)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func runOn(tests func() int) (code int, err error) {
	wooshpay := startProvider()
	defer wooshpay.stop()
	aws, err := localaws.RunMiniStack()
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, aws.Stop()) }()
	deployed, err = deploy(aws, wooshpay)
	if err != nil {
		return 1, fmt.Errorf("%w\nMiniStack said:\n%s", err, aws.Output())
	}
	defer func() { err = errors.Join(err, os.RemoveAll(deployed.build)) }()
	code = tests()
	if code != 0 {
		fmt.Printf("MiniStack said:\n%s\n", aws.Output())
	}
	return code, nil
}
