package localrun

import (
	"context"
	"io"
	"sync"
	"time"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/input"
	"disputecloser/cmd/disputectl/internal/local"
	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/closing"
	"disputecloser/shared/policy"
)

// printStart says what runs where, and what to try with it.
func printStart(console *cli.Console, s *local.System, r localFlags, rules *policy.Policy, control closing.Control) {
	mode := "shadow"
	if rules.Live() {
		mode = "live"
	}
	how := "on, turned on by " + control.Who
	if word, rest := view.Halted(control, console.Now()); word != "" {
		how = word + rest
	}
	screen.Printf(console.Stdout, `The dispute closer runs at %[1]s until Ctrl-C. Ledger: %[2]s. Policy: %[3]s, %[4]s.
Closing is %[7]s.

Open a dispute at WooshPay; its signed webhook follows at once:
  curl -d '{"id":"dp_1","amount":1200,"charge":"ch_1"}' %[1]s/sandbox/disputes
Have the answer to the next close lost:
  curl -d '{"kind":"drop","path":"/v1/disputes/*/close","execute":true}' %[1]s/sandbox/faults
Send an event of your own (the secret is this sandbox's, and opens nothing else):
  export %[5]s=%[6]s
  curl -H "$(disputectl sign event.json --as curl)" --data-binary @event.json %[1]s/webhook
Which closes has WooshPay executed?
  curl %[1]s/sandbox/closes
`, s.URL, r.ledger, rules.Hash(), mode, input.SigningSecretVariable, s.Secret, how)
	if r.ledger == inDynamoDB {
		screen.Printf(console.Stdout, "Look at the cases, with the same AWS variables:\n  disputectl list --table %[1]s\n  disputectl show dp_1 --table %[1]s\n", r.table)
	}
	screen.Printf(console.Stdout, "\n")
}

// noteWriter prints a line for each note.
type noteWriter struct {
	now func() time.Time

	mu  sync.Mutex
	out io.Writer
}

// Note writes what happened to a case.
func (t *noteWriter) Note(_ context.Context, n closing.Note) {
	now := t.now()
	text := view.Note(n, func(at time.Time) string { return view.When(at, now) })
	if text == "" {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	screen.Printf(t.out, "%s  %-12s  %s\n", view.Instant(now), n.Case.ID, text)
}
