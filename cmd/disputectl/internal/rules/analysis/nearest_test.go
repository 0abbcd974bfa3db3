package analysis_test

import (
	"testing"

	"disputecloser/cmd/disputectl/internal/rules/analysis"
)

func TestNearest(t *testing.T) {
	words := []string{"amount", "age", "status", "needs_response", "usd"}
	for given, want := range map[string]string{
		"amuont": "amount", "amounts": "amount", "Amount": "amount", "amt": "", "ages": "age", "aeg": "age", "stats": "status",
		"need_response": "needs_response", "needs-responses": "needs_response", "usdt": "usd", "us": "usd", "eur": "", "xyz": "", "": "",
	} {
		if got := analysis.Nearest(given, words); got != want {
			t.Errorf("nearest to %q is %q, want %q", given, got, want)
		}
	}
}
