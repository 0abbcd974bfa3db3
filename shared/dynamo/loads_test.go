package dynamo

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/google/go-cmp/cmp"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// Whatever is stored and whatever it becomes: a save after a load leaves the item as a save of everything would.
func TestASaveAfterALoadStoresTheSame(t *testing.T) {
	for before, was := range storedCases(t) {
		for after, next := range storedCases(t) {
			next.ID, next.Version = was.ID, was.Version
			whole, part := &oneItem{item: storedFile(t, before)}, &oneItem{item: storedFile(t, before)}
			saveOn(t, New(whole, "t", mark), next)
			l := New(part, "t", mark)
			if _, err := l.Load(t.Context(), was.ID); err != nil {
				t.Fatal(err)
			}
			saveOn(t, l, next)
			if diff := cmp.Diff(readable(t, whole.item), readable(t, part.item)); diff != "" {
				t.Errorf("%s over %s (-whole +after a load):\n%s", after, before, diff)
			}
			next.Version++
			next.LastError, next.Told = "again", []string{"told"}
			saveOn(t, New(whole, "t", mark), next)
			saveOn(t, l, next)
			if diff := cmp.Diff(readable(t, whole.item), readable(t, part.item)); diff != "" {
				t.Errorf("%s over %s, saved again (-whole +after a save):\n%s", after, before, diff)
			}
		}
	}
}

func saveOn(t *testing.T, l *Ledger, c closing.Case) {
	t.Helper()
	if _, err := l.Save(t.Context(), c, closing.Tally{}); err != nil {
		t.Fatal(err)
	}
}

// written returns what a save of the case sets and removes, each name once.
func written(t *testing.T, l *Ledger, c closing.Case) []string {
	t.Helper()
	w, err := l.caseWrite(c)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for name := range w.ExpressionAttributeNames {
		if strings.Contains(*w.UpdateExpression, name) {
			names = append(names, name[1:])
		}
	}
	return slices.Sorted(slices.Values(names))
}

func loadedEveryField(t *testing.T) (*Ledger, closing.Case) {
	t.Helper()
	l := New(&oneItem{item: storedFile(t, "every-field")}, "t", mark)
	c, err := l.Load(t.Context(), "dp_every")
	if err != nil {
		t.Fatal(err)
	}
	return l, c
}

func TestASaveWritesWhatDiffers(t *testing.T) {
	another := storedOne(t, "dp_another")
	for name, c := range map[string]struct {
		change func(c *closing.Case)
		want   []string // beside the version and what is never read
	}{
		"nothing":          {func(*closing.Case) {}, nil},
		"a text":           {func(c *closing.Case) { c.LastError = "another" }, []string{"last_error"}},
		"a date":           {func(c *closing.Case) { c.ArmedAt = at(20, 0) }, []string{"armed_at"}},
		"what is gone":     {func(c *closing.Case) { c.ClaimID = "" }, []string{"claim_id"}},
		"no due date":      {func(c *closing.Case) { c.DueAt = c.EndedAt }, []string{"due_at", "due_shard"}},
		"a line inside":    {func(c *closing.Case) { c.History[0].What = "other" }, []string{"history"}},
		"a check inside":   {func(c *closing.Case) { c.Decision.Tried[0].Conditions[0].Seen = "1" }, []string{"decision"}},
		"an element":       {func(c *closing.Case) { c.Seen[1] = "evt_9" }, []string{"seen"}},
		"a shorter list":   {func(c *closing.Case) { c.Told = c.Told[:1] }, []string{"told"}},
		"another dispute":  {func(c *closing.Case) { c.Dispute = another }, []string{"dispute", "dispute_exact"}},
		"no dispute":       {func(c *closing.Case) { c.Dispute = dispute.Dispute{} }, []string{"dispute", "dispute_exact"}},
		"what was spent":   {func(c *closing.Case) { c.Spent.Amount++ }, []string{"spent"}},
		"an ambiguous one": {func(c *closing.Case) { c.Ambiguous = false }, []string{"ambiguous"}},
	} {
		l, loaded := loadedEveryField(t)
		c.change(&loaded)
		want := slices.Sorted(slices.Values(append(c.want, "version", "saved_by", "summary")))
		if got := written(t, l, loaded); !slices.Equal(got, want) {
			t.Errorf("%s: it writes %q, want %q", name, got, want)
		}
	}
}

// What was loaded says nothing about another version, and nothing is remembered of a save that failed.
func TestWhatWasNotLoadedIsWrittenWhole(t *testing.T) {
	l, c := loadedEveryField(t)
	whole := written(t, new(Ledger), c)
	other := c
	other.Version++
	if got := written(t, l, other); !slices.Equal(got, whole) {
		t.Errorf("another version: it writes %q, want everything", got)
	}
	if got := written(t, l, c); len(got) >= len(whole) {
		t.Errorf("the loaded version: it writes %q", got)
	}
	if got := written(t, l, c); !slices.Equal(got, whole) { // the first write was never sent
		t.Errorf("after a write that was not stored: it writes %q, want everything", got)
	}
}

func TestLoadsAreForgotten(t *testing.T) {
	var l loads
	for i := range 3 * loadsMax {
		l.keep(dispute.ID(fmt.Sprint(i)), load{version: 1})
	}
	newest := dispute.ID(fmt.Sprint(3*loadsMax - 1))
	if len(l.kept) > loadsMax || l.take(newest, 1).version != 1 || l.take(newest, 1).version != 0 {
		t.Errorf("%d loads are remembered, and not the newest, or more than once", len(l.kept))
	}
}

// The map for people's queries and what only the index and a write need are not read.
func TestALoadAsksForWhatItReads(t *testing.T) {
	f := &reading{}
	if _, err := New(f, "t", mark).Load(t.Context(), "dp_1"); err == nil {
		t.Fatal("a case was found")
	}
	var want []string
	for _, name := range append(slices.Clone(caseKnown), "pk") {
		if !slices.Contains([]string{"dispute", "summary", "saved_by"}, name) {
			want = append(want, name)
		}
	}
	if got := slices.Sorted(maps.Values(f.asked.ExpressionAttributeNames)); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
		t.Errorf("it reads %q\nwant     %q", got, want)
	}
	if !*f.asked.ConsistentRead {
		t.Error("the read is not consistent")
	}
}

// reading is a client that finds nothing.
type reading struct {
	Client
	asked *dynamodb.GetItemInput
}

func (r *reading) GetItem(_ context.Context, in *dynamodb.GetItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	r.asked = in
	return &dynamodb.GetItemOutput{}, nil
}

func TestAHistoryIsWrittenAsItIs(t *testing.T) {
	line := func(n int) closing.Entry {
		return closing.Entry{At: at(n, 0), Who: "webhook", What: fmt.Sprint("line ", n), Act: n%2 == 0}
	}
	loaded := []closing.Entry{line(1), line(2), line(3)}
	l := loadOf(closing.Case{History: loaded}, attributes{"history": listOf(entryFields.value)(loaded)})
	for name, next := range map[string][]closing.Entry{
		"as it was":                  loaded,
		"grown":                      {line(1), line(2), line(3), line(4)},
		"grown without the first":    {line(2), line(3), line(4)},
		"grown without a middle one": {line(1), line(3), line(4)},
		"changed":                    {line(1), line(5), line(3)},
		"begun anew":                 {line(7), line(2)},
		"gone":                       nil,
	} {
		if got, want := l.historyOf(next), listOf(entryFields.value)(next); (want == nil) != (got == nil) || want != nil && !same(got, want) {
			t.Errorf("%s: it differs", name)
		}
	}
}

// A load keeps nothing that its holder can change: a line that was changed in place is written.
func TestALoadIsNotItsHoldersToChange(t *testing.T) {
	l, c := loadedEveryField(t)
	c.History[1].Who, c.Seen[0], c.Override.Who = "somebody", "evt_0", "else"
	want := []string{"history", "override", "saved_by", "seen", "summary", "version"}
	if got := written(t, l, c); !slices.Equal(got, want) {
		t.Errorf("it writes %q, want %q", got, want)
	}
}

// Sets and NULL, which this code does not store, are never the same as another.
func TestSame(t *testing.T) {
	for i, a := range ofEveryType() {
		for j, b := range ofEveryType() {
			want := i == j && slices.Contains([]string{"S", "N", "B", "BOOL", "L", "M"}, typeOf(a))
			if same(a, b) != want {
				t.Errorf("%s and %s: got %t", typeOf(a), typeOf(b), !want)
			}
		}
	}
	if same(nil, textValue("")) || same(textValue(""), nil) || !same(nil, nil) {
		t.Error("nothing is not the same as an empty text")
	}
}

// The bound by which an unchanged dispute stays in its item holds for whatever makes a view large.
func TestAViewHasABound(t *testing.T) {
	deep := strings.Repeat("[", viewDepth+2) + `"` + strings.Repeat("<", 1000) + `"` + strings.Repeat("]", viewDepth+2)
	for _, raw := range []string{
		`{"l":[` + strings.Repeat("0,", 1000) + `0]}`, `{"l":[` + strings.Repeat("[],", 1000) + `[]]}`, `{"l":[` + strings.Repeat(`{},`, 1000) + `{}]}`,
		`{"d":` + deep + `}`, "{\"s\":\"" + strings.Repeat("\xff", 1000) + "\"}", "{\"d\":" + strings.ReplaceAll(deep, "<", "\u2028") + "}",
	} {
		if size := sizeOf(viewOf([]byte(raw), 1<<30)); size > viewMost*len(raw) {
			t.Errorf("%.20s…: the view of %d bytes has %d", raw, len(raw), size)
		}
	}
}

// A view that was cut to the item's room is made again, since the room may have changed.
func TestALargeDisputeIsWrittenAgain(t *testing.T) {
	d, err := dispute.Parse([]byte(`{"id":"dp_1","evidence":"` + strings.Repeat("x", viewRoom/viewMost) + `"}`))
	if err != nil {
		t.Fatal(err)
	}
	c := closing.Case{ID: "dp_1", Dispute: d}
	table := &oneItem{}
	l := New(table, "t", mark)
	c, err = l.Save(t.Context(), c, closing.Tally{})
	if err != nil {
		t.Fatal(err)
	}
	if got := written(t, l, c); !slices.Contains(got, "dispute") {
		t.Errorf("it writes %q", got)
	}
}
