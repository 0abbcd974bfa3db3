package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/command"
	"disputecloser/cmd/disputectl/internal/delivery"
	"disputecloser/cmd/disputectl/internal/hostiletest"
	"disputecloser/cmd/disputectl/internal/input"
	"disputecloser/internal/memory"
	"disputecloser/shared/closing"
)

// hostileWorld is a deployed stack in whose table, WooshPay and files everything is hostile.
func hostileWorld(t *testing.T) (w *deployed, d *desk) {
	t.Helper()
	dir := t.TempDir()
	d = &desk{Ledger: memory.New()}
	var lines, list []string
	for _, c := range hostiletest.Cases(t) {
		if _, err := d.Save(t.Context(), c, closing.Tally{}); err != nil {
			t.Fatal(err)
		}
		var raw bytes.Buffer
		if err := json.Compact(&raw, c.Dispute.Raw()); err != nil {
			t.Fatal(err)
		}
		lines, list = append(lines, raw.String()), append(list, raw.String())
	}
	d.lines = evilLines(hostiletest.Cases(t))
	if err := d.SetControl(t.Context(), closing.Control{Switch: closing.Paused, Who: hostiletest.Evil, Why: hostiletest.Evil, At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"policy.yaml": atOnce, "new.yaml": strings.ReplaceAll(atOnce, "150", "100"), "bad.yaml": "mode: \"" + strings.ReplaceAll(strings.ReplaceAll(hostiletest.Evil, "\x1b", `\e`), "\n", `\n`) + "\"\n",
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
	w.aws.failsEvilly(hostiletest.Evil)
	w.wooshpayAnswer = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/v1/disputes") && r.Method == http.MethodGet {
			fmt.Fprintf(rw, `{"object":"list","has_more":false,"data":[%s]}`, strings.Join(list, ","))
			return
		}
		rw.WriteHeader(http.StatusUnprocessableEntity)
		text, _ := json.Marshal(map[string]any{"error": map[string]any{"code": hostiletest.Evil, "type": hostiletest.Evil, "message": hostiletest.Evil}})
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
	"list":            {"list", "list --json", "list --state closed,resolved", "list --state closed --json"},
	"show":            {"show dp_1", "show dp_1 --metadata", "show dp_1 --json --metadata", "show \x1b[2J\nFORGED", "show EVIL"},
	"why":             {"why dp_1", "why dp_1 --json", "why EVIL", "why EVIL --json"},
	"export":          {"export -o cases.out", "export -o cases.csv --format csv --since 1d", "export \x1b[2J\nFORGED -o cases.out"},
	"log":             {"log", "log --json"},
	"report":          {"report", "report --json", "report --html report.html", "report --html \x1b[2J\nFORGED"},
	"keep":            {"keep dp_1 --why x", "keep EVIL --why x", "keep \x1b[2J\nFORGED --why x"},
	"release":         {"release dp_1 --why x"},
	"close":           {"close dp_1 --why x", "close dp_1 --why x --yes", "close EVIL --why x --policy policy.yaml"},
	"status":          {"status", "status --json", "status --policy policy.yaml"},
	"pause":           {"pause --why x"},
	"resume":          {"resume --why x"},
	"reconcile":       {"reconcile --dry-run", "reconcile --dry-run --json", "reconcile"},
	"webhook list":    {"webhook list"},
	"__complete":      {"__complete show ", "__complete list --rule "},
	"redrive": {
		"redrive --dry-run --stack closer-test", "redrive --wait 0s --stack closer-test", "redrive --wait 0s --json --stack closer-test",
		"redrive --forget \x1b[2J\nFORGED --stack closer-test",
	},
	"sign": {"sign bad.yaml", "sign \x1b[2J\nFORGED"},
}

// noStranger are the commands that print nothing that came from elsewhere, or have a test of their own.
var noStranger = []string{
	"version", "policy schema", "deploy", "doctor", "webhook create", "secret set", "secret", "send", "demo", "local", "sandbox",
}

func TestNoCommandObeysADispute(t *testing.T) {
	w, d := hostileWorld(t)
	for name, lines := range hostileLines {
		for _, line := range lines {
			var args []string
			for _, arg := range strings.Split(line, " ") {
				args = append(args, strings.ReplaceAll(arg, "EVIL", hostiletest.Evil+string(closing.Scheduled)))
			}
			a := d.at()
			a.Dir, a.HTTP, a.Cloud = w.dir, delivery.Client(), w.aws.cloud
			env := map[string]string{"TABLE": fakeTable, "WOOSHPAY_URL": w.wooshpay.URL, access.KeyVariable: "sk_test_x", input.SigningSecretVariable: "whsec_x"}
			a.Getenv = func(name string) string { return env[name] }
			_, stdout, stderr := runIn(t.Context(), a, strings.NewReader("FORGED\x1b[2J\n"), args...)
			if stdout+stderr == "" {
				t.Errorf("%s: %q prints nothing", name, line)
			}
			for _, text := range []string{stdout, stderr} {
				if err := hostiletest.Harmless(text); err != nil {
					t.Errorf("%q: %v in\n%q", line, err, text)
				}
			}
		}
	}
}

// TestEveryCommandMeetsADispute has a new command put into one of the lists.
func TestEveryCommandMeetsADispute(t *testing.T) {
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
	each(command.Root(&access.Env{}))
}

// TestErrorsAreHarmless has the table, and WooshPay, answer with hostile errors.
func TestErrorsAreHarmless(t *testing.T) {
	for _, args := range slices.Concat(acts, reads) {
		d := newDesk(t)
		d.reads, d.writes, d.unread = errors.New(hostiletest.Evil), errors.New(hostiletest.Evil), errors.Join(closing.ErrUnreadable, errors.New(hostiletest.Evil))
		_, _, stderr := invoke(t, d.at(), args...)
		if err := hostiletest.Harmless(stderr); err != nil || stderr == "" {
			t.Errorf("%s: %v in %q", args, err, stderr)
		}
	}
	_, _, stderr := invoke(t, &access.Env{}, "no\x1b[2J\nFORGED")
	if err := hostiletest.Harmless(stderr); err != nil {
		t.Errorf("%v in %q", err, stderr)
	}
}

// TestJSONIsTheValueAllTheSame compares what --json prints with what is stored.
func TestJSONIsTheValueAllTheSame(t *testing.T) {
	_, d := hostileWorld(t)
	_, stdout, stderr := runIn(t.Context(), d.at(), strings.NewReader(""), "list", "--json")
	var rows []struct {
		Currency string `json:"currency"`
	}
	if err := json.Unmarshal([]byte(stdout), &rows); err != nil || len(rows) == 0 || rows[0].Currency != strings.ToLower(hostiletest.Evil) {
		t.Errorf("%v, %+v, %s", err, rows, stderr)
	}
}

// TestDataKeepsItsBytes where nobody looks: what is exported into a pipe or file is as WooshPay sent it.
func TestDataKeepsItsBytes(t *testing.T) {
	_, d := hostileWorld(t)
	a := d.at()
	a.Dir = t.TempDir()
	_, stdout, _ := runIn(t.Context(), a, strings.NewReader(""), "export")
	if code, _, stderr := runIn(t.Context(), a, strings.NewReader(""), "export", "-o", "cases.jsonl"); code != cli.Fine {
		t.Fatal(stderr)
	}
	written, err := os.ReadFile(filepath.Join(a.Dir, "cases.jsonl"))
	if err != nil || string(written) != stdout || !strings.Contains(stdout, "\u202e\u2066\u200b\ufeff") {
		t.Errorf("%v: %q", err, stdout)
	}
}

// prints are the functions that print past package screen.
var prints = []string{"fmt.Fprint", "fmt.Fprintf", "fmt.Fprintln", "fmt.Print", "fmt.Printf", "fmt.Println", "io.WriteString"}

// TestTextIsPrintedByPackageScreen because fmt cannot know an argument's line breaks from ours.
func TestTextIsPrintedByPackageScreen(t *testing.T) {
	files := []string{"main.go"}
	for _, dir := range []string{"access", "cli", "command", "demo", "input", "operator", "overview", "reconciliation", "reportpage", "reporttable", "view"} {
		before := len(files)
		try(t, filepath.WalkDir(filepath.Join("internal", dir), func(path string, _ fs.DirEntry, err error) error {
			if filepath.Ext(path) == ".go" {
				files = append(files, path)
			}
			return err
		}))
		if len(files) == before {
			t.Fatalf("nothing is in %s", dir)
		}
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
					t.Errorf("%s: use screen.Printf, or Console.Data for a data format", set.Position(n.Pos()))
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
	cli.Report(&out, errors.Join(errors.New("first;"), errors.New("  second")))
	cli.Report(&out, cli.Fail(cli.Misused, "do this\n  or that", "third"))
	if want := "disputectl: first; second\ndisputectl: third\n  do this\n  or that\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}
