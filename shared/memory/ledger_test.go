package memory_test

import (
	"testing"

	"disputecloser/shared/ledgertest"
	"disputecloser/shared/memory"
)

func TestContract(t *testing.T) {
	ledgertest.Run(t, func(*testing.T) ledgertest.Store { return memory.New() })
}
