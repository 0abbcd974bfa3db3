package closing_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"disputecloser/internal/ledgertest"
	"disputecloser/internal/memory"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
	"disputecloser/shared/policy"
)

const (
	theID    dispute.ID = "dp_1"
	grace               = 24 * time.Hour
	amount              = 1000
	currency            = "usd"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// world is one ledger, one WooshPay and one clock, and the use cases between them.
type world struct {
	t        *testing.T
	now      time.Time
	ids      int
	ledger   *ledger
	provider *provider
	notes    []closing.Note
	closer   *closing.Closer
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, now: noon}
	w.ledger = &ledger{Ledger: memory.New(), t: t}
	w.provider = &provider{
		world: w, disputes: map[dispute.ID]*remote{}, refunded: dispute.Known(false), date: func() time.Time { return time.Time{} },
	}
	w.closer = w.newCloser()
	ledgertest.TurnOn(t, w.ledger)
	return w
}

func (w *world) newCloser() *closing.Closer {
	return &closing.Closer{
		Ledger: w.ledger, Provider: w.provider, Watcher: w, Terms: closing.DefaultTerms(),
		Judge: closing.Judge{Policy: compiled(w.t, policy.Live, smallRule())},
		Now:   w.clock,
		NewID: func() string { w.ids++; return fmt.Sprintf("claim-%d", w.ids) },
	}
}

func (w *world) clock() time.Time { return w.now }

func (w *world) pass(d time.Duration) { w.now = w.now.Add(d) }

func (w *world) Note(_ context.Context, n closing.Note) { w.notes = append(w.notes, n) }

func (w *world) noted(kind closing.Kind, reason string) int {
	n := 0
	for _, note := range w.notes {
		if note.Kind == kind && note.Reason == reason {
			n++
		}
	}
	return n
}

// event learns of the dispute as it stands at WooshPay.
func (w *world) event(id string) { w.eventAt(id, theID, w.now) }

func (w *world) eventAt(id string, about dispute.ID, at time.Time) {
	w.t.Helper()
	l := closing.Learner{Ledger: w.ledger, Watcher: w, Now: w.clock, Pause: noPause}
	n := closing.News{Dispute: w.provider.disputes[about].dispute(w.t), At: at, EventID: id, From: "test"}
	if _, err := l.Learn(context.Background(), n); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) sweep() closing.Swept {
	w.t.Helper()
	s := closing.Sweeper{Ledger: w.ledger, DueIndex: w.ledger, Watcher: w, Terms: closing.DefaultTerms(), Now: w.clock}
	done, err := s.Sweep(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	return done
}

// work lets the closer work on the dispute, whether its case is armed or not.
func (w *world) work() {
	w.t.Helper()
	if err := w.closer.Work(context.Background(), theID); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) sweepAndWork() {
	w.t.Helper()
	w.sweep()
	w.work()
}

func (w *world) operator() closing.Operator {
	return closing.Operator{Ledger: w.ledger, Acts: w.ledger, Now: w.clock, Who: "ada"}
}

func (w *world) load() closing.Case {
	w.t.Helper()
	c, err := w.ledger.Load(context.Background(), theID)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func (w *world) wantState(want closing.State) closing.Case {
	w.t.Helper()
	c := w.load()
	if c.State != want {
		w.t.Fatalf("state %s, want %s; history %v; last error %q", c.State, want, c.History, c.LastError)
	}
	return c
}

func (w *world) wantSpent(closes, amount int64) {
	w.t.Helper()
	got, err := w.ledger.Spent(context.Background(), closing.DayOf(w.now), currency)
	if err != nil {
		w.t.Fatal(err)
	}
	if got.Closes != closes || got.Amount != amount {
		w.t.Fatalf("the day's budget counts %d closes of %d, want %d of %d", got.Closes, got.Amount, closes, amount)
	}
}

func (w *world) wantPosts(want int) {
	w.t.Helper()
	if w.provider.posts != want {
		w.t.Fatalf("%d POSTs were sent, want %d", w.provider.posts, want)
	}
}

// small creates a small dispute at WooshPay, learns of it and plans its close; the grace has passed.
func (w *world) small() {
	w.t.Helper()
	w.provider.add(theID)
	w.event("evt_created")
	w.work()
	w.wantState(closing.Scheduled)
	w.pass(grace)
}

// doubtful brings the case to an ambiguous close that WooshPay did not execute.
func (w *world) doubtful() {
	w.t.Helper()
	w.small()
	w.provider.onClose = func(*remote) error { return errTimeout }
	w.sweepAndWork()
	if c := w.wantState(closing.Closing); !c.Ambiguous {
		w.t.Fatal("the close is not recorded as ambiguous")
	}
	w.provider.onClose = nil
}

// ledger is the memory ledger, counted, and interrupted on demand.
type ledger struct {
	*memory.Ledger
	t                    *testing.T
	loads, saves, claims int
	// before runs once before the next save, beforeClaim before the next claim.
	before, beforeClaim func()
	saved               []closing.Case
	tallies             []closing.Tally
	bids                []closing.Bid
}

func (l *ledger) Load(ctx context.Context, id dispute.ID) (closing.Case, error) {
	l.loads++
	return l.Ledger.Load(ctx, id)
}

func (l *ledger) Save(ctx context.Context, c closing.Case, t closing.Tally) (closing.Case, error) {
	if f := l.before; f != nil {
		l.before = nil
		f()
	}
	l.saves++
	saved, err := l.Ledger.Save(ctx, c, t)
	if err == nil {
		l.holds(saved)
		l.saved, l.tallies = append(l.saved, saved), append(l.tallies, t)
	}
	return saved, err
}

func (l *ledger) Act(ctx context.Context, c closing.Case, line closing.Line) (closing.Case, error) {
	saved, err := l.Ledger.Act(ctx, c, line)
	if err == nil {
		l.holds(saved)
	}
	return saved, err
}

// holds fails the test if a stored case is not a valid one.
func (l *ledger) holds(c closing.Case) {
	l.t.Helper()
	if err := c.Invalid(); err != nil {
		l.t.Error(err)
	}
}

func (l *ledger) Claim(ctx context.Context, c closing.Case, b closing.Bid) (closing.Case, error) {
	if f := l.beforeClaim; f != nil {
		l.beforeClaim = nil
		f()
	}
	l.claims++
	claimed, err := l.Ledger.Claim(ctx, c, b)
	if err == nil {
		l.holds(claimed)
		l.bids = append(l.bids, b)
	}
	return claimed, err
}

var (
	errTimeout  = errors.New("timeout awaiting response headers")
	errRefused  = fault.Mark(fault.Permanent, errors.New("400 not closable"))
	errBusy     = fault.Mark(fault.Retryable, errors.New("429 slow down"))
	errNoAnswer = fault.Mark(fault.Retryable, errors.New("connection refused"))
)

// remote is a dispute at WooshPay.
type remote struct {
	id       dispute.ID
	status   dispute.Status
	amount   int64
	livemode bool
	charge   string
	// expanded, if set, is the charge's JSON in place of its id.
	expanded string
	dueBy    time.Time
	executed int
}

func (r *remote) dispute(t *testing.T) dispute.Dispute {
	t.Helper()
	due, charge := "null", cmp.Or(r.expanded, strconv.Quote(r.charge))
	if !r.dueBy.IsZero() {
		due = fmt.Sprint(r.dueBy.Unix())
	}
	d, err := dispute.Parse(fmt.Appendf(nil,
		`{"id":%q,"amount":%d,"currency":%q,"status":%q,"livemode":%t,"charge":%s,"evidence_details":{"due_by":%s}}`,
		r.id, r.amount, currency, r.status, r.livemode, charge, due))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// provider is a WooshPay that keeps disputes in memory and misbehaves on demand.
type provider struct {
	world    *world
	disputes map[dispute.ID]*remote
	refunded dispute.Maybe[bool]
	// date is the Date of an answer to a GET, zero for none.
	date          func() time.Time
	gets, charges int
	posts         int
	askedCharge   string
	// chargeDate is the Date of an answer about a charge, zero for none.
	chargeDate func() time.Time
	// afterDate runs once an answer to a GET is dated.
	afterDate func()
	// afterClose runs after a close was executed.
	afterClose         func()
	onGet, onChargeGet func() error
	// onClose, if set, answers instead of executing; it may execute by itself.
	onClose func(*remote) error
	// answer, if set, is the text of the answer to a close that is executed.
	answer string
	// afterGet runs after each GET has been answered.
	afterGet func()
}

func (p *provider) add(id dispute.ID) *remote {
	r := &remote{id: id, status: dispute.NeedsResponse, amount: amount, charge: "ch_1"}
	p.disputes[id] = r
	return r
}

func (p *provider) the() *remote { return p.disputes[theID] }

func (p *provider) Get(_ context.Context, id dispute.ID) (dispute.Dispute, time.Time, error) {
	p.gets++
	if p.onGet != nil {
		if err := p.onGet(); err != nil {
			return dispute.Dispute{}, time.Time{}, err
		}
	}
	d := p.disputes[id].dispute(p.world.t)
	if p.afterGet != nil {
		p.afterGet()
	}
	date := p.date()
	if p.afterDate != nil {
		p.afterDate()
	}
	return d, date, nil
}

func (p *provider) GetCharge(_ context.Context, id string) (dispute.Charge, error) {
	p.charges++
	p.askedCharge = id
	if p.onChargeGet != nil {
		if err := p.onChargeGet(); err != nil {
			return dispute.Charge{}, err
		}
	}
	charge := dispute.Charge{ID: id, Refunded: p.refunded}
	if p.chargeDate != nil {
		charge.Date = p.chargeDate()
	}
	return charge, nil
}

func (p *provider) Close(_ context.Context, id dispute.ID, _ time.Time) (dispute.Dispute, error) {
	p.posts++
	r := p.disputes[id]
	if p.onClose != nil {
		if err := p.onClose(r); err != nil {
			return dispute.Dispute{}, err
		}
		return r.dispute(p.world.t), nil
	}
	r.execute()
	if p.afterClose != nil {
		defer p.afterClose()
	}
	if p.answer != "" {
		return dispute.Parse([]byte(p.answer))
	}
	return r.dispute(p.world.t), nil
}

func (r *remote) execute() {
	r.executed++
	r.status = dispute.Lost
}

// smallRule closes disputes of at most 1500 after a day.
func smallRule() policy.Rule {
	most, after := int64(1500), policy.Duration(grace)
	return policy.Rule{
		Name: "small",
		If: policy.Conditions{
			Status: &policy.Words{In: []string{"needs_response"}},
			Amount: map[string]policy.Bounds{currency: {AtMost: &most}},
		},
		Then:  policy.Close,
		After: &after,
	}
}

// reviewRule asks for a person on every inquiry.
func reviewRule() policy.Rule {
	return policy.Rule{
		Name: "inquiry",
		If:   policy.Conditions{Status: &policy.Words{In: []string{"warning_needs_response"}}},
		Then: policy.Review,
	}
}

func compiled(t *testing.T, mode policy.Mode, rules ...policy.Rule) *policy.Policy {
	t.Helper()
	p, err := policy.Compile(documentOf(mode, rules...))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func documentOf(mode policy.Mode, rules ...policy.Rule) policy.Document {
	return policy.Document{
		Mode:    mode,
		Ceiling: map[string]int64{currency: 5000},
		Budget:  policy.Budgets{Spend: map[string]policy.Spend{currency: {Closes: 3, Amount: 5000}}, Failures: 2},
		Rules:   rules,
	}
}

func told(c closing.Case, reason string) bool { return slices.Contains(c.Told, reason) }

// arm arms the case as news does.
func (w *world) arm() { w.event("evt_" + w.now.String()) }

// sweepUntilItStops sweeps and works until the machine stops, as a panic in a port.
func (w *world) sweepUntilItStops() {
	before := w.ledger.before
	w.ledger.before = nil
	w.sweep()
	w.ledger.before = before
	defer func() { _ = recover() }()
	w.work()
}

func noPause(ctx context.Context, _ int) error { return ctx.Err() }

// wantUnreadable compares the cases that were noted as unreadable.
func (w *world) wantUnreadable(want ...dispute.ID) {
	w.t.Helper()
	var got []dispute.ID
	for _, n := range w.notes {
		if n.Kind == closing.NoteUnreadable {
			got = append(got, n.Case.ID)
			if !errors.Is(n.Err, closing.ErrUnreadable) {
				w.t.Errorf("%s: %v", n.Case.ID, n.Err)
			}
		}
	}
	if !slices.Equal(got, want) {
		w.t.Errorf("noted %v as unreadable, want %v", got, want)
	}
}
