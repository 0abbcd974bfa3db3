package walk_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/walk"
)

// pages lists its cases and lines one a page. An id or a day that fails has the error instead.
type pages struct {
	ids   []dispute.ID
	fails map[string]error
}

func (p pages) Cases(_ context.Context, _ int, cursor string) ([]closing.Case, string, error) {
	at, next := p.place(cursor, len(p.ids))
	if err := p.fails[string(p.ids[at])]; err != nil {
		return nil, next, err
	}
	return []closing.Case{{ID: p.ids[at]}}, next, nil
}

func (p pages) Lines(_ context.Context, day closing.Day, _ int, cursor string) ([]closing.Line, string, error) {
	at, next := p.place(cursor, 2)
	if err := p.fails[string(day)]; err != nil {
		return nil, next, err
	}
	return []closing.Line{{What: fmt.Sprint(day, at)}}, next, nil
}

func (p pages) place(cursor string, of int) (at int, next string) {
	_, _ = fmt.Sscan(cursor, &at) // Zero at the beginning.
	if at+1 < of {
		next = fmt.Sprint(at + 1)
	}
	return at, next
}

var (
	errDown = errors.New("no answer")
	errOdd  = &closing.UnreadableError{ID: "dp_odd", Err: errors.New("state: it is a number")}
)

func TestCasesAreVisitedOnceAndWithinTheBound(t *testing.T) {
	for _, test := range []struct {
		name string
		of   pages
		most int
		want string
		cut  bool
		err  error
	}{
		{"all", pages{ids: []dispute.ID{"a", "b", "a", "c"}}, 0, "[a b c]", false, nil},
		{"as many as allowed", pages{ids: []dispute.ID{"a", "b", "a"}}, 2, "[a b]", false, nil},
		{"cut", pages{ids: []dispute.ID{"a", "b", "c"}}, 2, "[a b]", true, nil},
		{"unreadable", pages{ids: []dispute.ID{"a", "odd", "c"}, fails: map[string]error{"odd": errOdd}}, 0, "[a c]", false, closing.ErrUnreadable},
		{"down", pages{ids: []dispute.ID{"a", "odd", "c"}, fails: map[string]error{"odd": errDown}}, 0, "[a]", false, errDown},
	} {
		visited := []dispute.ID{}
		cut, err := walk.Cases(t.Context(), test.of, test.most, func(c closing.Case) error {
			visited = append(visited, c.ID)
			return nil
		})
		if fmt.Sprint(visited) != test.want || cut != test.cut || !errors.Is(err, test.err) || (err == nil) != (test.err == nil) {
			t.Errorf("%s: %v, cut %t, %v", test.name, visited, cut, err)
		}
	}
}

func TestAVisitorMayStopTheWalk(t *testing.T) {
	_, err := walk.Cases(t.Context(), pages{ids: []dispute.ID{"a", "b"}}, 0, func(closing.Case) error { return errDown })
	if !errors.Is(err, errDown) {
		t.Errorf("got %v", err)
	}
}

func TestLinesAreThoseOfTheDays(t *testing.T) {
	for _, test := range []struct {
		name  string
		fails map[string]error
		most  int
		want  string
		cut   bool
		err   error
	}{
		{"all", nil, 0, "[d10 d11 d20 d21]", false, nil},
		{"as many as allowed", nil, 4, "[d10 d11 d20 d21]", false, nil},
		{"cut", nil, 3, "[d10 d11 d20]", true, nil},
		{"unreadable", map[string]error{"d1": errOdd}, 0, "[d20 d21]", false, closing.ErrUnreadable},
		{"down", map[string]error{"d2": errDown}, 0, "[d10 d11]", false, errDown},
	} {
		visited := []string{}
		cut, err := walk.Lines(t.Context(), pages{fails: test.fails}, []closing.Day{"d1", "d2"}, test.most, func(l closing.Line) {
			visited = append(visited, l.What)
		})
		if fmt.Sprint(visited) != test.want || cut != test.cut || !errors.Is(err, test.err) || (err == nil) != (test.err == nil) {
			t.Errorf("%s: %v, cut %t, %v", test.name, visited, cut, err)
		}
	}
}
