package memory_test

import (
	"testing"

	"disputecloser/internal/ledgertest"
	"disputecloser/internal/memory"
)

func TestContract(t *testing.T) {
	ledgertest.Run(t, func(*testing.T) ledgertest.Store { return memory.New() })
}
