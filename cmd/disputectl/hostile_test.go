package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/delivery"
	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/internal/memory"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// evil is what a signed event, an answer of WooshPay or an item of the table may hold in any text: it clears the screen,
// sets the title, colours, rings, goes back to the line's beginning, turns the direction of writing, hides, and forges a
// line of ours.
const evil = "dp\x1b[2J\x1b]0;owned\a\x1b[32m\u009b2J\b\x7f\u202e\u2066\u200b\ufeff\u2028FORGED\u0085FORGED\rFORGED\nFORGED: nothing is wrong"

// harmless reports whether a text only holds what a terminal shows, and no line that is forged.
func harmless(text string) error {
	if !utf8.ValidString(text) {
		return errors.New("it is not UTF-8")
	}
	if i := strings.IndexFunc(text, screen.Harmful); i >= 0 {
		return fmt.Errorf("it holds %+.20q", text[i:])
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(strings.TrimSpace(line), "FORGED") {
			return fmt.Errorf("a line is forged: %q", line)
		}
	}
	return nil
}

// hostileDispute is a dispute whose every text is evil.
func hostileDispute(t *testing.T, id string) dispute.Dispute {
	t.Helper()
	text, err := json.Marshal(map[string]any{
		"id": id, "object": "dispute", "amount": 1000, "currency": evil, "status": evil, "reason_type": evil, "reason_code": evil,
		"reason_description": evil, "charge": evil, "payment_intent": evil, "livemode": false,
		"metadata": map[string]any{evil: evil, "order": evil}, "unknown" + evil: evil,
	})
	if err != nil {
		t.Fatal(err)
	}
	d, err := dispute.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// hostileCases are one case of each state, in which whatever is a text is evil. The first is dp_1.
func hostileCases(t *testing.T) []closing.Case {
	t.Helper()
	at := time.Now().Add(-time.Hour)
	var cases []closing.Case
	for i, state := range []closing.State{closing.Open, closing.Scheduled, closing.Closing, closing.Failed, closing.Closed, closing.Resolved} {
		id := evil + string(state)
		if i == 0 {
			id = "dp_1"
		}
		c := closing.Case{
			ID: dispute.ID(id), State: state, Dispute: hostileDispute(t, id), ObservedAt: at, DueAt: at, CloseAt: at, PlannedAt: at,
			ClaimID: evil, ClaimUntil: at, Attempts: 2, Proof: closing.Proof(evil), LastError: evil[:30], Told: []string{evil, closing.ReasonDeadline},
			Seen: []string{evil}, History: []closing.Entry{{At: at, Who: evil, What: evil}},
			Decision: &policy.Decision{
				Action: policy.Close, Rule: evil, Guard: evil, Policy: evil, At: at, Doubt: []string{evil},
				Tried: []policy.Tried{{Rule: evil, Then: policy.Action(evil), Conditions: []policy.Check{{Name: evil, Want: evil, Seen: evil}}}},
			},
			Override: &closing.Override{Action: policy.Close, Who: evil, Why: evil, At: at},
		}
		if state.Finished() {
			c.DueAt = time.Time{}
		}
		cases = append(cases, c)
	}
	return cases
}

// hostileWorld is a deployed stack in whose table, WooshPay and files everything is hostile.
func hostileWorld(t *testing.T) (w *deployed, d *desk) {
	t.Helper()
	dir := t.TempDir()
	d = &desk{Ledger: memory.New()}
	var lines, list []string
	for _, c := range hostileCases(t) {
		if _, err := d.Save(t.Context(), c, closing.Tally{}); err != nil {
			t.Fatal(err)
		}
		var raw bytes.Buffer
		if err := json.Compact(&raw, c.Dispute.Raw()); err != nil {
			t.Fatal(err)
		}
		lines, list = append(lines, raw.String()), append(list, raw.String())
	}
	if err := d.SetControl(t.Context(), closing.Control{Paused: true, Who: evil, Why: evil, At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"policy.yaml": atOnce, "new.yaml": strings.ReplaceAll(atOnce, "150", "100"), "bad.yaml": "mode: \"" + strings.ReplaceAll(strings.ReplaceAll(evil, "\x1b", `\e`), "\n", `\n`) + "\"\n",
		"dispute.json": lines[0], "cases.jsonl": strings.Join(lines, "\n") + "\n{\"id\":\"" + strings.Trim(fmt.Sprintf("%q", "\u202eFORGED\u009b"), `"`) + "\u202e\n",
		"event.json": `{"id":"` + "\u202e\u009b" + `","type":"charge.dispute.created","data":{"object":` + lines[0] + `}}`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w, err := newDeployed(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.end)
	w.wooshpayAnswer = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/v1/disputes") && r.Method == http.MethodGet {
			fmt.Fprintf(rw, `{"object":"list","has_more":false,"data":[%s]}`, strings.Join(list, ","))
			return
		}
		rw.WriteHeader(http.StatusUnprocessableEntity)
		text, _ := json.Marshal(map[string]any{"error": map[string]any{"code": evil, "type": evil, "message": evil}})
		_, _ = rw.Write(text)
	})
	return w, d
}

// hostileLines are the command lines of every command that prints what came from elsewhere.
var hostileLines = map[string][]string{
	"policy check":    {"policy check bad.yaml", "policy check --json bad.yaml", "policy check \x1b[2J\nFORGED"},
	"policy explain":  {"policy explain dispute.json", "policy explain --metadata dispute.json", "policy explain dispute.json --json --metadata", "policy explain dp_1", "policy explain event.json"},
	"policy backtest": {"policy backtest --cases cases.jsonl", "policy backtest --cases cases.jsonl --json", "policy backtest --wooshpay"},
	"policy diff":     {"policy diff policy.yaml new.yaml --cases cases.jsonl", "policy diff policy.yaml new.yaml --cases cases.jsonl --json"},
	"policy compile":  {"policy compile bad.yaml -o bad.json", "policy compile policy.yaml -o \x1b[2J\nFORGED"},
	"policy new":      {"policy new \x1b[2J\nFORGED --threshold usd=1500"},
	"list":            {"list", "list --json"},
	"show":            {"show dp_1", "show dp_1 --metadata", "show dp_1 --json --metadata", "show \x1b[2J\nFORGED", "show EVIL"},
	"why":             {"why dp_1", "why dp_1 --json", "why EVIL", "why EVIL --json"},
	"export":          {"export -o cases.out", "export -o cases.csv --format csv", "export \x1b[2J\nFORGED -o cases.out"},
	"keep":            {"keep dp_1 --why x", "keep EVIL --why x", "keep \x1b[2J\nFORGED --why x"},
	"release":         {"release dp_1 --why x"},
	"close":           {"close dp_1 --why x", "close dp_1 --why x --yes", "close EVIL --why x --policy policy.yaml"},
	"status":          {"status", "status --json", "status --policy policy.yaml"},
	"pause":           {"pause --why x"},
	"resume":          {"resume --why x"},
	"reconcile":       {"reconcile --dry-run", "reconcile --dry-run --json", "reconcile"},
	"webhook list":    {"webhook list"},
	"sign":            {"sign bad.yaml", "sign \x1b[2J\nFORGED"},
}

// noStranger are the commands that print nothing that came from elsewhere, or have a test of their own.
var noStranger = []string{
	"policy schema", "doctor", "webhook create", "secret set", "secret", "send", "demo", "local", "sandbox",
}

func TestNoCommandObeysADispute(t *testing.T) {
	w, d := hostileWorld(t)
	for name, lines := range hostileLines {
		for _, line := range lines {
			var args []string
			for _, arg := range strings.Split(line, " ") {
				args = append(args, strings.ReplaceAll(arg, "EVIL", evil+string(closing.Scheduled)))
			}
			a := d.at()
			a.dir, a.web, a.cloud = w.dir, delivery.Client(), w.aws.cloud
			env := map[string]string{"TABLE": fakeTable, "WOOSHPAY_URL": w.wooshpay.URL, keyVariable: "sk_test_x", secretVariable: "whsec_x"}
			a.getenv = func(name string) string { return env[name] }
			_, stdout, stderr := runIn(t.Context(), a, strings.NewReader("FORGED\x1b[2J\n"), args...)
			if stdout+stderr == "" {
				t.Errorf("%s: %q prints nothing", name, line)
			}
			for _, text := range []string{stdout, stderr} {
				if err := harmless(text); err != nil {
					t.Errorf("%q: %v in\n%q", line, err, text)
				}
			}
		}
	}
}

// TestEveryCommandMeetsAHostileDispute has a new command put into one of the lists.
func TestEveryCommandMeetsAHostileDispute(t *testing.T) {
	var each func(cmd *cobra.Command)
	each = func(cmd *cobra.Command) {
		for _, c := range cmd.Commands() {
			name := strings.TrimPrefix(c.CommandPath(), "disputectl ")
			_, listed := hostileLines[name]
			if known := listed || slices.Contains(noStranger, name); c.HasSubCommands() {
				each(c)
			} else if !known {
				t.Errorf("%s is in no list: does it print what came from elsewhere?", name)
			}
		}
	}
	each((&app{}).root())
}

// TestErrorsAreHarmless has the table, and WooshPay, answer with hostile errors.
func TestErrorsAreHarmless(t *testing.T) {
	for _, args := range slices.Concat(acts, reads) {
		d := newDesk(t)
		d.reads, d.writes, d.unread = errors.New(evil), errors.New(evil), errors.Join(closing.ErrUnreadable, errors.New(evil))
		_, _, stderr := invoke(t, d.at(), args...)
		if err := harmless(stderr); err != nil || stderr == "" {
			t.Errorf("%s: %v in %q", args, err, stderr)
		}
	}
	_, _, stderr := invoke(t, &app{}, "no\x1b[2J\nFORGED")
	if err := harmless(stderr); err != nil {
		t.Errorf("%v in %q", err, stderr)
	}
}

func TestLocalIsHarmless(t *testing.T) {
	var out bytes.Buffer
	a := &app{stdout: &out, stderr: io.Discard, getenv: func(string) string { return "" }}
	a.show()
	say := &teller{out: a.stdout, now: time.Now}
	for _, c := range hostileCases(t) {
		for _, kind := range []closing.Kind{
			closing.NoteDecided, closing.NoteClosed, closing.NoteRefused, closing.NoteResolved, closing.NotePerson, closing.NoteDiffering, evil,
		} {
			say.Note(t.Context(), closing.Note{Kind: kind, Case: c, Reason: evil, Err: errors.New(evil)})
		}
	}
	if err := harmless(out.String()); err != nil || strings.Count(out.String(), "\n") != 6*7 {
		t.Errorf("%v in %d lines: %q", err, strings.Count(out.String(), "\n"), out.String())
	}
}

// TestJSONIsTheValueAllTheSame compares what --json prints with what is stored.
func TestJSONIsTheValueAllTheSame(t *testing.T) {
	_, d := hostileWorld(t)
	_, stdout, stderr := runIn(t.Context(), d.at(), strings.NewReader(""), "list", "--json")
	var rows []struct {
		Currency string `json:"currency"`
	}
	if err := json.Unmarshal([]byte(stdout), &rows); err != nil || len(rows) == 0 || rows[0].Currency != strings.ToLower(evil) {
		t.Errorf("%v, %+v, %s", err, rows, stderr)
	}
}

// TestDataKeepsItsBytes where nobody looks: what is exported into a pipe or file is as WooshPay sent it.
func TestDataKeepsItsBytes(t *testing.T) {
	_, d := hostileWorld(t)
	a := d.at()
	a.dir = t.TempDir()
	_, stdout, _ := runIn(t.Context(), a, strings.NewReader(""), "export")
	if code, _, stderr := runIn(t.Context(), a, strings.NewReader(""), "export", "-o", "cases.jsonl"); code != fine {
		t.Fatal(stderr)
	}
	written, err := os.ReadFile(filepath.Join(a.dir, "cases.jsonl"))
	if err != nil || string(written) != stdout || !strings.Contains(stdout, "\u202e\u2066\u200b\ufeff") {
		t.Errorf("%v: %q", err, stdout)
	}
}

// prints are the functions that print past package screen.
var prints = []string{"fmt.Fprint", "fmt.Fprintf", "fmt.Fprintln", "fmt.Print", "fmt.Printf", "fmt.Println", "io.WriteString"}

// TestTextIsPrintedByPackageScreen because fmt cannot know an argument's line breaks from ours.
func TestTextIsPrintedByPackageScreen(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) < 40 {
		t.Fatal(files, err)
	}
	for _, pattern := range []string{"internal/view/*.go", "internal/overview/*.go", "internal/reconciliation/*.go", "internal/demo/*.go"} {
		more, err := filepath.Glob(pattern)
		if err != nil || len(more) == 0 {
			t.Fatal(pattern, err)
		}
		files = append(files, more...)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, isCall := n.(*ast.CallExpr)
			if !isCall {
				return true
			}
			if s, ok := call.Fun.(*ast.SelectorExpr); ok {
				if p, ok := s.X.(*ast.Ident); ok && slices.Contains(prints, p.Name+"."+s.Sel.Name) && !ofBuilder(call) {
					t.Errorf("%s: use screen.Printf, or a.data() for a data format", set.Position(n.Pos()))
				}
			}
			return true
		})
	}
}

// ofBuilder reports whether a call writes a text that was built, line by line, before.
func ofBuilder(call *ast.CallExpr) bool {
	built, isCall := call.Args[len(call.Args)-1].(*ast.CallExpr)
	if !isCall {
		return false
	}
	s, ok := built.Fun.(*ast.SelectorExpr)
	return ok && s.Sel.Name == "String"
}

// TestJoinedErrorsAreOneLine because what follows the first line is the advice.
func TestJoinedErrorsAreOneLine(t *testing.T) {
	var out bytes.Buffer
	report(&out, errors.Join(errors.New("first;"), errors.New("  second")))
	report(&out, fail(misused, "do this\n  or that", "third"))
	if want := "disputectl: first; second\ndisputectl: third\n  do this\n  or that\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}
