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

var caught = regexp.MustCompile(`seed (\d+): ([SL]\d) is broken for [^:]*: (.*)`)

// The simulation catches every fault within a bounded number of seeds.
func TestSimulated(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("SEEDS", strconv.Itoa(simulatedSeeds))
	var table strings.Builder
	for _, m := range Simulated {
		output, failed, err := Run(root, t.TempDir(), m, "./internal/simulation", "-test.run", "^TestSeeds$")
		found := caught.FindStringSubmatch(output)
		switch {
		case err != nil:
			t.Error(err)
		case !failed || found == nil:
			t.Errorf("%s: not caught in %d seeds\n%s", m.Name, simulatedSeeds, output)
			fmt.Fprintf(&table, "| %s | – | – | not caught |\n", m.Name)
		default:
			fmt.Fprintf(&table, "| %s | %s | %s | %s |\n", m.Name, found[2], found[1], found[3])
		}
	}
	fmt.Fprintf(os.Stdout, "| fault | caught by | seed | as |\n|---|---|---|---|\n%s", table.String())
}
