package localrun

import (
	"context"
	"io"
	"sync"
	"time"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/input"
	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/closing"
	"disputecloser/shared/policy"
)

// printStart says what runs where, and what to try with it.
func printStart(console *cli.Console, b begun, r localFlags, rules *policy.Policy) {
	mode := "shadow"
	if rules.Live() {
		mode = "live"
	}
	how := "on, turned on by " + b.control.Who
	if word, rest := view.Halted(b.control, console.Now()); word != "" {
		how = word + rest
	}
	screen.Printf(console.Stdout, `The dispute closer runs at %s until Ctrl-C. Every dispute is made up, and no money moves.
Ledger: %s. Policy: %s, %s. Closing is %s.

`, b.system.URL, r.ledger, rules.Hash(), mode, how)
	id := "dp_1"
	if b.lookedBack {
		id = "dp_above"
		screen.Printf(console.Stdout, `A day of disputes is behind it, and %s was opened this moment: its half a minute runs.
Try, in another terminal:
  disputectl list --local
  disputectl why dp_refunded --local
  disputectl show dp_lost --local
  disputectl close dp_above --local --why "not worth a fight"
  disputectl report --local --since 3d

`, newest)
	}
	screen.Printf(console.Stdout, `Open a dispute at WooshPay; its signed webhook follows at once:
  curl -d '{"id":"dp_1","amount":1200,"charge":"ch_1"}' %[1]s/sandbox/disputes
Have the answer to the next close lost:
  curl -d '{"kind":"drop","path":"/v1/disputes/*/close","execute":true}' %[1]s/sandbox/faults
Send an event of your own (the secret is this sandbox's, and opens nothing else):
  export %[2]s=%[3]s
  curl -H "$(disputectl sign event.json --as curl)" --data-binary @event.json %[1]s/webhook
Which closes has WooshPay executed?
  curl %[1]s/sandbox/closes
Look at the cases:
  disputectl list --local
  disputectl show %[4]s --local

`, b.system.URL, input.SigningSecretVariable, b.system.Secret, id)
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
