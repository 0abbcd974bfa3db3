//go:build parts

package drill

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"disputecloser/internal/ledgertest"
	"disputecloser/internal/sandbox"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/dynamo"
	"disputecloser/shared/policy"
)

const tableName = "disputes"

// world is a table of its own, a WooshPay, and the functions at work between them. It has one dispute at a time.
type world struct {
	t     *testing.T
	clock *clock
	executables

	accessKey  string // names the database
	ledger     *dynamo.Ledger
	mark       string // the table's
	policyFile string
	sandbox    *sandbox.Sandbox
	secret     string // signs webhooks

	// survivors are the processes that nobody kills.
	survivors map[function]*process
	// held is what the cases hold of the budgets.
	held map[closing.Day]closing.Tally
	// opened counts disputes.
	opened int
	// nextReconcile is when the daily reconciliation comes; fed is the version last shown to the closer.
	nextReconcile time.Time
	fed           int64
}

func newWorld(t *testing.T, e executables) *world {
	t.Helper()
	w := &world{
		t: t, clock: newClock(t), executables: e, accessKey: "drill" + rand.Text(),
		policyFile: filepath.Join(t.TempDir(), "policy.json"),
		survivors:  map[function]*process{}, held: map[closing.Day]closing.Tally{},
	}
	compiled, err := policy.Encode(rules)
	if err == nil {
		err = os.WriteFile(w.policyFile, compiled, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	client := tables.ClientFor(w.accessKey)
	if err := dynamo.CreateTable(t.Context(), client, tableName); err != nil {
		t.Fatal(err)
	}
	if w.mark, err = dynamo.MarkOf(t.Context(), client, tableName); err != nil {
		t.Fatal(err)
	}
	w.ledger = dynamo.New(client, tableName, w.mark)
	ledgertest.TurnOn(t, w.ledger)
	w.begin()
	return w
}

// The amounts by which the rules tell disputes apart, in minor units.
const (
	closedNow   = 900  // at once
	closedLater = 1900 // after a day's grace
	kept        = 9900 // never
)

var rules = policy.Document{
	Mode:    policy.Live,
	Ceiling: map[string]int64{"usd": 10_000},
	Budget:  policy.Budgets{Spend: map[string]policy.Spend{"usd": {Closes: 1_000_000, Amount: 1_000_000_000}}, Failures: 1000},
	Rules: []policy.Rule{
		closeRule("now", 1000, 0),
		closeRule("later", 2000, 24*time.Hour),
	},
}

func closeRule(name string, most int64, after time.Duration) policy.Rule {
	return policy.Rule{
		Name: name, Then: policy.Close, After: new(policy.Duration(after)),
		If: policy.Conditions{
			Status: &policy.Words{In: []string{string(dispute.NeedsResponse)}},
			Amount: map[string]policy.Bounds{"usd": {AtMost: new(most)}},
		},
	}
}

// begin starts a round: today, with a WooshPay that knows no dispute yet and would execute every close that it is sent.
// All cases before must have ended, for it knows nothing of them.
func (w *world) begin() {
	w.t.Helper()
	w.clock.set(w.t, 0)
	w.nextReconcile, w.fed = w.clock.now().Add(24*time.Hour), 0
	w.sandbox = sandbox.New(sandbox.Options{Now: w.clock.now, RepeatExecutes: true})
	endpoint, err := w.sandbox.Register("http://127.0.0.1/webhook", announced, ended)
	if err != nil {
		w.t.Fatal(err)
	}
	w.secret = endpoint.Secret
}

// newDispute returns a dispute that no round had before.
func (w *world) newDispute(amount int64) sandbox.Dispute {
	w.opened++
	id := fmt.Sprintf("drill_%05d", w.opened)
	return sandbox.Dispute{ID: dispute.ID("dp_" + id), Charge: "ch_" + id, Amount: amount, ReasonCode: "13.1"}
}

// open has WooshPay open a dispute and announce it; silently, without announcing it.
func (w *world) open(d sandbox.Dispute, silently bool) {
	w.t.Helper()
	open := w.sandbox.Open
	if silently {
		open = w.sandbox.OpenSilently
	}
	if _, err := open(d); err != nil {
		w.t.Fatal(err)
	}
}

// load returns the case of a dispute; a zero one if there is none.
func (w *world) load(id dispute.ID) closing.Case {
	w.t.Helper()
	c, err := w.ledger.Load(w.t.Context(), id)
	if err != nil && !errors.Is(err, closing.ErrNotFound) {
		w.t.Fatal(err)
	}
	return c
}

// survivor returns the process of a function that nobody kills. It has the drill's clock.
func (w *world) survivor(f function) *process {
	w.t.Helper()
	if w.survivors[f] == nil {
		w.survivors[f] = w.start(w.timed, f)
	}
	return w.survivors[f]
}

// victim returns a fresh process to be killed: the executable as deployed, as long as no time has passed.
func (w *world) victim(f function) *process {
	w.t.Helper()
	if w.clock.ahead.Load() == 0 {
		return w.start(w.deployed, f)
	}
	return w.start(w.timed, f)
}
