package simulation

import (
	"regexp"
	"strings"
	"testing"

	"disputecloser/shared/closing"
)

// hasty returns terms that leave WooshPay no time to settle: a claim lapses while its POST may still be executed.
func hasty() *closing.Terms {
	t := closing.DefaultTerms()
	t.Settle = 0
	return &t
}

var replayed = regexp.MustCompile(`-replay (\d+):([0-9a-f,]*)\n`)

// A broken promise is explained by a short story, and the story's command breaks the same promise again.
func TestStoryIsShortAndReplays(t *testing.T) {
	c := Campaign{Seeds: 20_000, Options: Options{terms: hasty()}}
	outcome := c.Run(t.Context())
	if len(outcome.Violations) == 0 {
		t.Fatal("a claim that lapses too early broke no promise")
	}
	v := outcome.Violations[0]
	if v.Promise != "S1" {
		t.Fatalf("%v, want S1 to be broken", v)
	}
	text := Explain(v, c.Options)
	command := replayed.FindStringSubmatch(text)
	if command == nil {
		t.Fatalf("the story names no command:\n%s", text)
	}
	if n := strings.Count(command[2], ",") + 1; n > 20 || n >= len(playedBy(v, c.Options)) {
		t.Errorf("%d incidents are left in the story:\n%s", n, text)
	}
	options, err := c.Options.Only(command[2])
	if err != nil {
		t.Fatal(err)
	}
	again, broken := Replay(v.Seed, options)
	if !broken || !strings.HasPrefix(text, again) {
		t.Fatalf("the command tells another story:\n%s\ninstead of\n%s", again, text)
	}
}

func playedBy(v *Violation, o Options) []Incident {
	o.keepIncidents = true
	return Play(v.Seed, o).incidents
}

func TestOnlyRefusesWhatIsNoNumber(t *testing.T) {
	if _, err := (Options{}).Only("12,zz"); err == nil {
		t.Fatal("zz was taken for an incident")
	}
}
