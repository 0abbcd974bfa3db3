//go:build mutants

package mutants

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// simulatedSeeds is how many histories may pass before a fault must be caught.
const simulatedSeeds = 20_000

var caught = regexp.MustCompile(`seed (\d+): ([SL]\d|running to its end) is broken for [^:]*: (.*)`)

// The simulation keeps every promise as the code stands, and catches every fault within a bounded number of
// seeds. A table of what caught it is printed.
func TestSimulated(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("SEEDS", strconv.Itoa(simulatedSeeds))
	simulate := func(m Mutant) (string, bool, error) {
		return Run(root, t.TempDir(), m, "./internal/simulation", "-test.run", "^TestSeeds$")
	}
	t.Run("nothing broken", func(t *testing.T) {
		same := Mutant{Name: "none", File: "shared/closing/schedule.go", Old: "package closing", New: "package closing"}
		if output, failed, err := simulate(same); err != nil || failed {
			t.Fatalf("a promise is broken without any fault: %v\n%s", err, output)
		}
	})
	var table strings.Builder
	for _, m := range Simulated {
		t.Run(m.Name, func(t *testing.T) {
			output, failed, err := simulate(m)
			if err != nil {
				t.Fatal(err)
			}
			found := caught.FindStringSubmatch(output)
			if !failed || found == nil {
				t.Fatalf("not caught in %d seeds:\n%s", simulatedSeeds, output)
			}
			fmt.Fprintf(&table, "| %s | %s | %s | %s |\n", m.Name, found[2], found[1], found[3])
		})
	}
	fmt.Fprintf(os.Stdout, "| fault | caught by | at seed | as |\n|---|---|---|---|\n%s", table.String())
}
