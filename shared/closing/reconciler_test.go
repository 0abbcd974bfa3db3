package closing_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"disputecloser/internal/memory"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

const span = 60 * 24 * time.Hour

// listed is WooshPay's list: the newest first, in pages of 100, with faults.
type listed struct {
	disputes []dispute.Dispute
	places   map[dispute.ID]int
	// asked counts the pages asked for; every page lets a time pass.
	asked int
	each  time.Duration
	world *world
	// fault, if set, replaces the page of a cursor.
	fault func(cursor string, page closing.Page) (closing.Page, error)
}

const perPage = 100

func (l *listed) List(_ context.Context, from time.Time, cursor string) (closing.Page, error) {
	l.asked++
	l.world.pass(l.each)
	page, err := l.page(from, cursor)
	if l.fault != nil {
		return l.fault(cursor, page)
	}
	return page, err
}

// place returns where a dispute stands in the list.
func (l *listed) place(id dispute.ID) (int, bool) {
	if len(l.places) != len(l.disputes) {
		l.places = map[dispute.ID]int{}
		for i, d := range l.disputes {
			l.places[d.ID] = i
		}
	}
	i, known := l.places[id]
	return i, known
}

func (l *listed) page(from time.Time, cursor string) (closing.Page, error) {
	rest := l.disputes
	if cursor != "" {
		i, known := l.place(dispute.ID(cursor))
		if !known {
			return closing.Page{}, fmt.Errorf("list: %w", closing.ErrCursorRefused)
		}
		rest = rest[i+1:]
	}
	older, _ := slices.BinarySearchFunc(rest, from, func(d dispute.Dispute, from time.Time) int {
		if d.Created.Before(from) {
			return 1
		}
		return -1
	})
	rest = rest[:older]
	page := closing.Page{Disputes: slices.Clone(rest[:min(perPage, len(rest))]), More: dispute.Known(len(rest) > perPage)}
	if n := len(page.Disputes); n > 0 {
		page.Next = string(page.Disputes[n-1].ID)
	}
	return page, nil
}

// books counts calls.
type books struct {
	*memory.Ledger
	batches, marks, most int
	// loadErr comes with every batch, markErr and setErr come instead of a mark.
	loadErr, markErr, setErr error
}

func (b *books) LoadAll(ctx context.Context, ids []dispute.ID) (map[dispute.ID]closing.Case, error) {
	b.batches++
	b.most = max(b.most, len(ids))
	found, err := b.Ledger.LoadAll(ctx, ids)
	if b.loadErr != nil {
		return found, b.loadErr
	}
	return found, err
}

func (b *books) Mark(ctx context.Context) (closing.Mark, error) {
	if b.markErr != nil {
		return closing.Mark{}, b.markErr
	}
	return b.Ledger.Mark(ctx)
}

func (b *books) SetMark(ctx context.Context, m closing.Mark) error {
	if b.marks++; b.setErr != nil {
		return b.setErr
	}
	return b.Ledger.SetMark(ctx, m)
}

// reconciling is a world with a list.
type reconciling struct {
	*world
	list  *listed
	books *books
}

func newReconciling(t *testing.T) *reconciling {
	w := newWorld(t)
	return &reconciling{world: w, list: &listed{world: w}, books: &books{Ledger: w.ledger.Ledger}}
}

// lists has WooshPay list disputes of these ids, the first of them the newest, a minute apart.
func (r *reconciling) lists(ids ...string) {
	r.t.Helper()
	for i, id := range ids {
		r.list.disputes = append(r.list.disputes, r.dispute(id, r.now.Add(-time.Duration(i+1)*time.Minute)))
	}
}

func (r *reconciling) dispute(id string, created time.Time) dispute.Dispute {
	r.t.Helper()
	d, err := dispute.Parse(fmt.Appendf(nil, `{"id":%q,"status":"needs_response","created":%d}`, id, created.Unix()))
	if err != nil {
		r.t.Fatal(err)
	}
	return d
}

// knows stores cases of the listed disputes, but for those.
func (r *reconciling) knows(but ...dispute.ID) {
	r.t.Helper()
	for _, d := range r.list.disputes {
		if slices.Contains(but, d.ID) {
			continue
		}
		if _, err := r.ledger.Ledger.Save(r.t.Context(), closing.Case{ID: d.ID, State: closing.Open, Dispute: d, DueAt: r.now}, closing.Tally{}); err != nil {
			r.t.Fatal(err)
		}
	}
}

func (r *reconciling) reconciler() closing.Reconciler {
	return closing.Reconciler{
		Ledger: r.ledger, Store: r.books, List: r.list, Watcher: r, Terms: closing.DefaultTerms(), Now: r.clock, Pause: noPause, Span: span,
	}
}

func (r *reconciling) run(ctx context.Context) closing.Reconciled {
	r.t.Helper()
	reconciler := r.reconciler()
	found, err := reconciler.Reconcile(ctx)
	if err != nil {
		r.t.Fatal(err)
	}
	return found
}

// lasting is an invocation of the world's time: a context is over by the real clock only.
func (r *reconciling) lasting(d time.Duration) context.Context {
	r.t.Helper()
	r.now = time.Now().Add(24 * time.Hour).Truncate(time.Second).UTC()
	ctx, cancel := context.WithDeadline(r.t.Context(), r.now.Add(d))
	r.t.Cleanup(cancel)
	return ctx
}

func (r *reconciling) wantUnannounced(ids ...dispute.ID) {
	r.t.Helper()
	var got []dispute.ID
	for _, n := range r.notes {
		if n.Kind == closing.NoteUnannounced {
			got = append(got, n.Case.ID)
		}
	}
	if !slices.Equal(got, ids) {
		r.t.Errorf("found %v, want %v", got, ids)
	}
	for _, id := range ids {
		if c, err := r.ledger.Ledger.Load(r.t.Context(), id); err != nil || !c.Armed() {
			r.t.Errorf("%s is not armed: %v", id, err)
		}
	}
}

func (r *reconciling) mark() closing.Mark {
	r.t.Helper()
	m, err := r.ledger.Mark(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return m
}

func ids(from, to int) []string {
	var all []string
	for i := from; i < to; i++ {
		all = append(all, fmt.Sprintf("dp_%06d", i))
	}
	return all
}

func TestReconcileFindsTheUnannounced(t *testing.T) {
	r := newReconciling(t)
	r.lists("dp_new", "dp_known", "dp_moved")
	r.knows("dp_new")
	moved := r.dispute("dp_moved", r.now)
	moved.Status = dispute.Won
	r.list.disputes[2] = moved
	r.list.fault = func(_ string, p closing.Page) (closing.Page, error) { p.Unreadable = 1; return p, nil }
	if found, want := r.run(t.Context()), (closing.Reconciled{Listed: 3, Unreadable: 1, Unannounced: 1, Differing: 1}); found != want {
		t.Fatalf("found %+v, want %+v", found, want)
	}
	r.wantUnannounced("dp_new")
	if c, err := r.ledger.Load(t.Context(), "dp_known"); err != nil || c.Armed() {
		t.Errorf("a case that is as listed was armed, %v", err)
	}
	if c, err := r.ledger.Load(t.Context(), "dp_moved"); err != nil || !c.Armed() {
		t.Errorf("a case that differs was not armed, %v", err)
	}
	if r.books.marks != 0 {
		t.Error("a list that was read to its end left a mark")
	}
}

// A list may be stale: what it says replaces no snapshot, and only makes the closer look.
func TestReconcileBelievesNothing(t *testing.T) {
	w := newWorld(t)
	w.small()
	stale := w.provider.the().dispute(t)
	w.sweepAndWork()
	w.wantState(closing.Closed)
	w.pass(time.Hour)
	r := &reconciling{world: w, list: &listed{world: w, disputes: []dispute.Dispute{stale}}, books: &books{Ledger: w.ledger.Ledger}}
	r.list.fault = func(string, closing.Page) (closing.Page, error) {
		return closing.Page{Disputes: []dispute.Dispute{stale}, More: dispute.Known(false)}, nil
	}
	found := r.run(t.Context())
	if c := w.load(); found.Differing != 1 || c.Dispute.Status != dispute.Lost || !c.Armed() {
		t.Fatalf("found %+v, case %+v", found, c)
	}
	w.work()
	if c := w.wantState(closing.Closed); c.Armed() || len(c.Told) != 0 {
		t.Fatalf("armed %t, told %v: the look agrees with the case", c.Armed(), c.Told)
	}
}

func TestReconcileWithoutAList(t *testing.T) {
	r := newReconciling(t)
	r.list.fault = func(string, closing.Page) (closing.Page, error) { return closing.Page{}, closing.ErrListUnavailable }
	if found := r.run(t.Context()); !found.Unavailable || found.Cut != nil {
		t.Fatalf("a missing list was not reported: %+v", found)
	}
}

// pages answers in turn, whatever is asked.
func pages(all ...closing.Page) func(string, closing.Page) (closing.Page, error) {
	return func(string, closing.Page) (closing.Page, error) {
		if len(all) == 0 {
			return closing.Page{}, errors.New("nobody should have asked")
		}
		page := all[0]
		all = all[1:]
		return page, nil
	}
}

// A list ends where WooshPay says that it does. Whatever else ends it cuts it, and is asked for no further.
func TestWhatEndsAList(t *testing.T) {
	var (
		yes, no = dispute.Known(true), dispute.Known(false)
		unsaid  dispute.Maybe[bool]
	)
	page := func(more dispute.Maybe[bool], unreadable int, list ...string) closing.Page {
		p := closing.Page{More: more, Unreadable: unreadable}
		for _, id := range list {
			p.Disputes = append(p.Disputes, dispute.Dispute{ID: dispute.ID(id)})
			p.Next = id
		}
		return p
	}
	for name, test := range map[string]struct {
		pages  []closing.Page
		listed int
		cut    error
	}{
		"no disputes":                       {[]closing.Page{page(no, 0)}, 0, nil},
		"no more":                           {[]closing.Page{page(no, 0, "a", "b")}, 2, nil},
		"an empty last page":                {[]closing.Page{page(yes, 0, "a"), page(no, 0)}, 1, nil},
		"a last page that repeats":          {[]closing.Page{page(yes, 0, "a"), page(no, 0, "a")}, 1, nil},
		"nothing said, and nothing left":    {[]closing.Page{page(unsaid, 0, "a"), page(unsaid, 0)}, 1, nil},
		"nothing said, and the same again":  {[]closing.Page{page(unsaid, 0, "a"), page(unsaid, 0, "a")}, 1, closing.ErrCircle},
		"nothing said, nothing readable":    {[]closing.Page{page(unsaid, 1)}, 0, closing.ErrNowhere},
		"the first page again":              {[]closing.Page{page(yes, 0, "a", "b"), page(yes, 0, "a", "b")}, 2, closing.ErrCircle},
		"a circle":                          {[]closing.Page{page(yes, 0, "a"), page(yes, 0, "b"), page(yes, 0, "a")}, 2, closing.ErrCircle},
		"more, and an empty page":           {[]closing.Page{page(yes, 0, "a"), page(yes, 0)}, 1, closing.ErrNowhere},
		"more, and nothing readable":        {[]closing.Page{page(yes, 3)}, 0, closing.ErrNowhere},
		"more, and the last is unreadable":  {[]closing.Page{page(yes, 1, "a"), page(no, 0, "b")}, 2, nil},
		"new disputes shift the list":       {[]closing.Page{page(yes, 0, "a", "b"), page(yes, 0, "b", "c"), page(no, 0, "c", "d")}, 4, nil},
		"one dispute twice on a page":       {[]closing.Page{page(no, 0, "a", "a")}, 1, nil},
		"one dispute many times on a page ": {[]closing.Page{page(yes, 0, "a", "a", "a"), page(yes, 0, "a", "a")}, 1, closing.ErrCircle},
	} {
		t.Run(name, func(t *testing.T) {
			r := newReconciling(t)
			r.list.fault = pages(test.pages...)
			found := r.run(t.Context())
			if found.Listed != test.listed || !errors.Is(found.Cut, test.cut) || (found.Cut == nil) != (test.cut == nil) || r.list.asked != len(test.pages) {
				t.Errorf("%+v after %d pages, want %d listed, cut %v", found, r.list.asked, test.listed, test.cut)
			}
			if found.Unannounced != test.listed || r.mark() != (closing.Mark{}) {
				t.Errorf("%+v, mark %+v", found, r.mark())
			}
		})
	}
}

// What is found before a list breaks off is learned, and the error returned; the next run goes on there.
func TestAListThatFails(t *testing.T) {
	r := newReconciling(t)
	r.lists(ids(0, 250)...)
	down := errors.New("WooshPay answered 503")
	r.list.fault = func(cursor string, p closing.Page) (closing.Page, error) {
		if cursor == "dp_000099" {
			return closing.Page{}, down
		}
		return p, nil
	}
	reconciler := r.reconciler()
	found, err := reconciler.Reconcile(t.Context())
	if !errors.Is(err, down) || !errors.Is(found.Cut, down) || found.Unannounced != 100 || r.mark().Cursor != "dp_000099" {
		t.Fatalf("found %+v, %v; mark %+v", found, err, r.mark())
	}
	r.list.fault = nil
	if found := r.run(t.Context()); found.Cut != nil || !found.Resumed || found.Listed != 150+60 || r.mark() != (closing.Mark{}) {
		t.Errorf("found %+v, mark %+v", found, r.mark())
	}
}

// A page is left where the reserve begins, and is read again by the next run.
func TestReconcileEndsInTime(t *testing.T) {
	r := newReconciling(t)
	ctx := r.lasting(35 * time.Second)
	r.lists(ids(0, 3)...)
	reconciler := r.reconciler()
	reconciler.Now = func() time.Time { r.pass(10 * time.Second); return r.now }
	if found, err := reconciler.Reconcile(ctx); err != nil || found.Cut == nil || found.Listed >= 3 {
		t.Fatalf("%+v, %v", found, err)
	}
}

// TestEveryDisputeIsCompared has a list of 100,000, of which a run of five minutes reads a part: every run goes on where the
// last one ended, compares what is new first, and loads cases a hundred at a time.
func TestEveryDisputeIsCompared(t *testing.T) {
	const all = 100_000
	r := newReconciling(t)
	r.list.each = time.Second
	ctx := r.lasting(5 * time.Minute)
	for i, id := range ids(0, all) {
		r.list.disputes = append(r.list.disputes, r.dispute(id, r.now.Add(-time.Duration(i)*(span/all))))
	}
	r.knows("dp_000007", "dp_050000", "dp_099999")
	r.ledger.loads, r.ledger.saves = 0, 0
	listed, runs := 0, 0
	for {
		runs++
		found := r.run(ctx)
		listed += found.Listed
		if found.Resumed != (runs > 1) {
			t.Fatalf("run %d: %+v", runs, found)
		}
		if found.Cut == nil {
			break
		}
		r.pass(24*time.Hour - 5*time.Minute)
		ctx = r.at(5 * time.Minute)
		r.list.disputes = slices.Insert(r.list.disputes, 0, r.dispute(fmt.Sprintf("dp_day_%d", runs), r.now.Add(-time.Hour)))
	}
	r.wantUnannounced("dp_000007", "dp_day_1", "dp_050000", "dp_day_2", "dp_day_3", "dp_099999")
	if runs != 4 || r.mark() != (closing.Mark{}) {
		t.Errorf("%d runs, mark %+v", runs, r.mark())
	}
	if most := all/perPage + 60; r.list.asked > most || r.books.batches > most || r.books.most > perPage || listed < all+3 {
		t.Errorf("%d pages, %d batches of at most %d for %d disputes", r.list.asked, r.books.batches, r.books.most, listed)
	}
	if r.ledger.loads != 6 || r.ledger.saves != 6 {
		t.Errorf("%d loads and %d saves for 6 findings", r.ledger.loads, r.ledger.saves)
	}
}

// at is an invocation that begins now and lasts so long by the world's clock.
func (r *reconciling) at(d time.Duration) context.Context {
	ctx, cancel := context.WithDeadline(r.t.Context(), r.now.Add(d))
	r.t.Cleanup(cancel)
	return ctx
}

// marked has the first run cut after a page.
func marked(t *testing.T) *reconciling {
	r := newReconciling(t)
	ctx := r.lasting(45 * time.Second)
	r.list.each = 20 * time.Second
	r.lists(ids(0, 300)...)
	r.knows()
	if found := r.run(ctx); found.Cut == nil || r.mark().Cursor != "dp_000099" {
		t.Fatalf("found %+v, mark %+v", found, r.mark())
	}
	return r
}

func TestAMarkThatLeadsNoFurther(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*reconciling)
		// resumed, and how many are listed then.
		resumed bool
		listed  int
	}{
		"it leads on":               {func(*reconciling) {}, true, 200 + 60},
		"it is three days old":      {func(r *reconciling) { r.pass(72 * time.Hour) }, true, 200 + 60},
		"it is older":               {func(r *reconciling) { r.pass(72*time.Hour + time.Second) }, false, 300},
		"WooshPay does not know it": {func(r *reconciling) { r.list.disputes = slices.Delete(r.list.disputes, 99, 100) }, false, 299},
		"WooshPay lists nothing after": {func(r *reconciling) {
			r.list.fault = func(cursor string, p closing.Page) (closing.Page, error) {
				if cursor == "dp_000099" && r.list.asked < 4 {
					return closing.Page{More: dispute.Known(false)}, nil
				}
				return p, nil
			}
		}, false, 300},
		"it cannot be read": {func(r *reconciling) { r.books.markErr = closing.ErrUnreadable }, false, 300},
	} {
		t.Run(name, func(t *testing.T) {
			r := marked(t)
			r.list.each, r.list.asked = 0, 0
			test.change(r)
			found := r.run(t.Context())
			if found.Resumed != test.resumed || found.Listed != test.listed || found.Cut != nil {
				t.Errorf("found %+v, want resumed %t, %d listed", found, test.resumed, test.listed)
			}
			if r.books.markErr == nil && r.mark() != (closing.Mark{}) {
				t.Errorf("the mark stays: %+v", r.mark())
			}
		})
	}
}

// A mark from which no run comes further does not hold for ever, and neither does one behind a list whose newest part is
// too long.
func TestAMarkThatStaysGrowsOld(t *testing.T) {
	down := errors.New("WooshPay answered 500")
	for name, fails := range map[string]string{"at the mark": "dp_000099", "before it": ""} {
		t.Run(name, func(t *testing.T) {
			r := marked(t)
			at := r.mark().At
			r.pass(time.Hour)
			r.list.fault = func(cursor string, p closing.Page) (closing.Page, error) {
				if cursor == fails {
					return closing.Page{}, down
				}
				return p, nil
			}
			reconciler := r.reconciler()
			if found, err := reconciler.Reconcile(t.Context()); !errors.Is(err, down) || !errors.Is(found.Cut, down) {
				t.Fatalf("%+v, %v", found, err)
			}
			if m := r.mark(); m.Cursor != "dp_000099" || !m.At.Equal(at) {
				t.Errorf("the mark is %+v, want it as old as before", m)
			}
		})
	}
}

// A page whose cases could not be loaded was not compared: the next run begins with it.
func TestALedgerThatFailsCutsTheList(t *testing.T) {
	r := marked(t)
	r.list.each = 0
	r.books.loadErr = errors.New("throttled")
	reconciler := r.reconciler()
	found, err := reconciler.Reconcile(t.Context())
	if !errors.Is(err, r.books.loadErr) || !errors.Is(found.Cut, r.books.loadErr) || r.mark().Cursor != "dp_000099" {
		t.Fatalf("found %+v, %v; mark %+v", found, err, r.mark())
	}
}

// Ten disputes that cannot be stored mean an outage.
func TestReconcileEndsAfterManyErrors(t *testing.T) {
	r := newReconciling(t)
	r.lists(ids(0, 250)...)
	down := errors.New("throttled")
	reconciler := r.reconciler()
	reconciler.Ledger = failing{r.ledger, "dp_", down}
	found, err := reconciler.Reconcile(t.Context())
	if !errors.Is(err, down) || found.Cut == nil || found.Listed != 10 || strings.Count(err.Error(), "\n") != 9 {
		t.Errorf("found %+v, %v", found, err)
	}
}

// A run reads a thousand pages at the most, whatever the list says and however fast it is.
func TestAListWithoutEnd(t *testing.T) {
	r := newReconciling(t)
	r.list.fault = func(string, closing.Page) (closing.Page, error) {
		id := fmt.Sprint("dp_", r.list.asked)
		return closing.Page{Disputes: []dispute.Dispute{{ID: dispute.ID(id)}}, More: dispute.Known(true), Next: id}, nil
	}
	if found := r.run(t.Context()); found.Cut == nil || found.Listed != 1000 || r.list.asked != 1000 || r.mark().Cursor != "dp_1000" {
		t.Errorf("found %+v after %d pages, mark %+v", found, r.list.asked, r.mark())
	}
}

// A place that could not be stored is an error: the next run begins further ahead.
func TestAMarkThatIsNotStored(t *testing.T) {
	r := newReconciling(t)
	ctx := r.lasting(45 * time.Second)
	r.list.each = 20 * time.Second
	r.lists(ids(0, 300)...)
	r.books.setErr = errors.New("throttled")
	reconciler := r.reconciler()
	if found, err := reconciler.Reconcile(ctx); !errors.Is(err, r.books.setErr) || found.Listed != 100 || found.Cut == nil {
		t.Errorf("found %+v, %v", found, err)
	}
}

func TestReconcileWithoutAMark(t *testing.T) {
	r := newReconciling(t)
	r.books.markErr = errors.New("throttled")
	reconciler := r.reconciler()
	if _, err := reconciler.Reconcile(t.Context()); !errors.Is(err, r.books.markErr) || r.list.asked != 0 {
		t.Errorf("%v after %d pages", err, r.list.asked)
	}
}

// A case that cannot be read is named, and holds up nobody.
func TestReconcileGoesOnPastTheUnreadable(t *testing.T) {
	r := newReconciling(t)
	r.lists("dp_1", "dp_2", "dp_3")
	r.books.loadErr = errors.Join(&closing.UnreadableError{ID: "dp_2", Err: errors.New("version: there is none")})
	found := r.run(t.Context())
	if want := (closing.Reconciled{Listed: 3, Unannounced: 2, Unread: 1}); found != want {
		t.Errorf("found %+v, want %+v", found, want)
	}
	r.wantUnannounced("dp_1", "dp_3")
	r.wantUnreadable("dp_2")
}

// UnreadIn finds the cases in whatever an error was wrapped in.
func TestUnreadIn(t *testing.T) {
	one, two := &closing.UnreadableError{ID: "dp_1", Err: closing.ErrConflict}, &closing.UnreadableError{ID: "dp_2", Err: closing.ErrBudget}
	for _, test := range []struct {
		err  error
		want []*closing.UnreadableError
	}{
		{nil, nil},
		{closing.ErrUnreadable, nil},
		{one, []*closing.UnreadableError{one}},
		{fmt.Errorf("load %w", one), []*closing.UnreadableError{one}},
		{fmt.Errorf("list: %w", errors.Join(one, closing.ErrPaused, fmt.Errorf("a: %w, %w", closing.ErrPaused, two))), []*closing.UnreadableError{one, two}},
	} {
		if got := closing.UnreadIn(test.err); !slices.Equal(got, test.want) {
			t.Errorf("%v: got %v", test.err, got)
		}
	}
	if !errors.Is(one, closing.ErrUnreadable) || !errors.Is(one, closing.ErrConflict) || one.Error() != "case dp_1: the stored case cannot be read: the case was changed meanwhile" {
		t.Error(one)
	}
}
