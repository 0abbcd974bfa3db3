//go:build parts

package drill

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"testing"

	"disputecloser/internal/localaws"
)

// What all tests share.
var (
	// built are the executables as they should be.
	built executables
	// tables is DynamoDB Local on disk. A test that ends it must not be parallel.
	tables *localaws.DynamoDB
	// rounds is how often each boundary is tried.
	rounds = 1
)

func TestMain(m *testing.M) {
	code, err := runOn(m.Run)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func runOn(tests func() int) (code int, err error) {
	if text := os.Getenv("ROUNDS"); text != "" {
		if rounds, err = strconv.Atoi(text); err != nil || rounds < 1 {
			return 1, fmt.Errorf("ROUNDS is %q: it must be a number from 1", text)
		}
	}
	dir, err := os.MkdirTemp("", "drill-")
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if built, err = buildBoth(dir); err != nil {
		return 1, err
	}
	if tables, err = localaws.RunDynamoDB(dir); err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, tables.Stop()) }()
	code = tests()
	results.print(os.Stdout)
	return code, nil
}
