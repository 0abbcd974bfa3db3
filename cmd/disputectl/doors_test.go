package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/input"
	"disputecloser/shared/dispute"
)

// writes runs a command line with the name of a file as its last word, in a folder with a policy.
func writes(t *testing.T, dir, line, name string) (code int, stdout, stderr string) {
	t.Helper()
	d := newDesk(t)
	a := d.at()
	a.Dir = dir
	if err := os.WriteFile(filepath.Join(dir, "policy.yaml"), []byte(atOnce), 0o600); err != nil {
		t.Fatal(err)
	}
	return runIn(t.Context(), a, strings.NewReader(""), append(strings.Fields(line), name)...)
}

// sameWriting compares all but the instants, which differ from run to run.
func sameWriting(got, want string) bool {
	return instants.ReplaceAllString(got, "") == instants.ReplaceAllString(want, "")
}

var instants = regexp.MustCompile(`\d{4}-\d\d-\d\dT[0-9:.]+Z`)

func try(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// doors are the command lines that read a person's file, and what is in it.
var doors = map[string]string{
	"policy check FILE":                                  "policy.yaml",
	"policy compile FILE -o out":                         "policy.yaml",
	"policy explain dispute.json --policy FILE":          "policy.json",
	"policy explain FILE":                                "dispute.json",
	"policy diff FILE policy.yaml --cases dispute.json":  "policy.yaml",
	"policy backtest --cases dispute.json --policy FILE": "policy.json",
	"status --policy FILE":                               "policy.json",
	"close dp_1 --why x --who ada --yes --policy FILE":   "policy.yaml",
	"sign FILE --as body":                                "event.json",
	"sign FILE":                                          "event.json",
	"sign FILE --as apigateway":                          "gateway.json",
	"export --ids FILE":                                  "ids.txt",
}

// atDoor runs a door's command line on a text, in a file or at the standard input.
func atDoor(t *testing.T, line, text string, stdin bool) (code int, stdout, stderr string) {
	t.Helper()
	d := newDesk(t)
	a := d.at()
	a.Dir = t.TempDir()
	a.Getenv = func(name string) string {
		return map[string]string{"TABLE": "disputes", input.SigningSecretVariable: "whsec_x"}[name]
	}
	for name, text := range doorFiles(t) {
		try(t, os.WriteFile(filepath.Join(a.Dir, name), []byte(text), 0o600))
	}
	try(t, os.WriteFile(filepath.Join(a.Dir, "given"), []byte(text), 0o600))
	name := map[bool]string{true: "-", false: "given"}[stdin]
	return runIn(t.Context(), a, strings.NewReader(text), strings.Fields(strings.ReplaceAll(line, "FILE", name))...)
}

func doorFiles(t *testing.T) map[string]string {
	t.Helper()
	_, compiled, _ := writes(t, t.TempDir(), "policy compile policy.yaml -o", "-")
	return map[string]string{
		"policy.yaml": atOnce, "policy.json": compiled, "ids.txt": "dp_1\ndp_1\n",
		"dispute.json": `{"id":"dp_1","object":"dispute","amount":1000,"currency":"usd","status":"needs_response"}` + "\n",
		"event.json":   `{"id":"evt_1","type":"charge.dispute.created","data":{"object":{"id":"dp_1"}}}`,
		"gateway.json": `{"requestContext":{},"body":"{\"id\":\"evt_1\",\"type\":\"charge.dispute.created\"}"}`,
	}
}

func TestAMarkIsAcceptedAtEveryDoor(t *testing.T) {
	for line, file := range doors {
		text := doorFiles(t)[file]
		for _, stdin := range []bool{false, true} {
			code, want, stderr := atDoor(t, line, text, stdin)
			if code != cli.Fine || strings.Contains(stderr, "missing") {
				t.Fatalf("%s: exit code %d, %s", line, code, stderr)
			}
			for _, changed := range []string{"\ufeff" + text, strings.ReplaceAll(text, "\n", "\r\n"), "\ufeff" + strings.ReplaceAll(text, "\n", "\r\n")} {
				code, got, stderr := atDoor(t, line, changed, stdin)
				if code != cli.Fine || !strings.HasPrefix(line, "sign") && len(instants.ReplaceAllString(got, "")) != len(instants.ReplaceAllString(want, "")) {
					t.Errorf("%s with %.8q: exit code %d, %s, %q, want %q", line, changed, code, stderr, got, want)
				}
				if strings.Contains(got, "\ufeff") || strings.Contains(got, `\ufeff`) {
					t.Errorf("%s: the mark is handed on: %q", line, got)
				}
			}
		}
	}
}

func TestUTF16IsRefusedAtEveryDoor(t *testing.T) {
	for line, file := range doors {
		var text []byte
		for _, unit := range utf16.Encode([]rune("\ufeff" + doorFiles(t)[file])) {
			text = append(text, byte(unit), byte(unit>>8))
		}
		for _, stdin := range []bool{false, true} {
			code, _, stderr := atDoor(t, line, string(text), stdin)
			if code != cli.Misused || !strings.Contains(stderr, "it is in UTF-16, not UTF-8: convert it with `iconv -f UTF-16 -t UTF-8`") {
				t.Errorf("%s: exit code %d, %s", line, code, stderr)
			}
		}
	}
}

// TestCurlWouldSendTheMark so that a signature of the rest would not verify.
func TestCurlWouldSendTheMark(t *testing.T) {
	files := doorFiles(t)
	code, stdout, stderr := atDoor(t, "sign FILE --as curl", "\ufeff"+files["event.json"], false)
	if code != cli.Misused || stdout != "" || !strings.Contains(stderr, "disputectl sign given --as body > FILE") {
		t.Errorf("exit code %d, %s%s", code, stdout, stderr)
	}
	for _, text := range []string{files["event.json"], "\ufeff" + files["gateway.json"]} { // The body in an event has no mark.
		if code, stdout, stderr := atDoor(t, "sign FILE --as curl", text, false); code != cli.Fine || stdout == "" {
			t.Errorf("exit code %d, %s", code, stderr)
		}
	}
}

// TestAnExportedSheetNamesItsCases with ids that a spreadsheet would round or execute.
func TestAnExportedSheetNamesItsCases(t *testing.T) {
	ids := []string{"1497123612345438208", "0012", "=1+1", "'quoted", "dp_1"}
	d := newDesk(t)
	for _, id := range ids[:4] {
		d.learn(t, `{"id":"`+id+`","amount":1000,"currency":"usd","status":"needs_response"}`)
	}
	a := d.at()
	a.Dir = t.TempDir()
	code, sheet, stderr := runIn(t.Context(), a, strings.NewReader(""), "export", "--format", "csv")
	if code != cli.Fine || !strings.Contains(sheet, "\n'1497123612345438208,") || !strings.Contains(sheet, "\n''quoted,") {
		t.Fatalf("exit code %d, %s%s", code, sheet, stderr)
	}
	d.unread = nil
	for _, text := range []string{sheet, "\ufeff" + strings.ReplaceAll(sheet, "\n", "\r\n"), strings.ReplaceAll(strings.ReplaceAll(sheet, ";", " "), ",", ";")} {
		code, out, stderr := runIn(t.Context(), a, strings.NewReader(text), "export", "--ids", "-")
		if code != cli.Fine || strings.Count(out, "\n") != len(ids) || stderr != "5 cases written\n" {
			t.Errorf("exit code %d, %s, %s", code, out, stderr)
		}
	}
	code, _, stderr = runIn(t.Context(), a, strings.NewReader("dispute\n1.49712E+18\n"), "export", "--ids", "-")
	if code != cli.Misused || !strings.Contains(stderr, "1.49712E+18: a spreadsheet has rounded it") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
}

// TestALongIDIsRefused before the table is asked, whose own error would be read as an outage.
func TestALongIDIsRefused(t *testing.T) {
	long := strings.Repeat("9", dispute.MaxID+1)
	for _, line := range []string{
		"show ID", "why ID", "keep ID --why x --who ada", "release ID --why x --who ada", "close ID --why x --who ada --yes", "export ID", "export --ids -", "policy explain ID",
	} {
		d := newDesk(t)
		a := d.at()
		a.Dir = t.TempDir()
		try(t, os.WriteFile(filepath.Join(a.Dir, "policy.yaml"), []byte(atOnce), 0o600))
		code, stdout, stderr := runIn(t.Context(), a, strings.NewReader(long), strings.Fields(strings.ReplaceAll(line, "ID", long))...)
		if code != cli.Misused || d.loads > 0 || stdout != "" || !strings.Contains(stderr, "99999… is not the id of a dispute: the id is longer than 255 bytes") {
			t.Errorf("%s: exit code %d, %d loads, %q, %s", line, code, d.loads, stdout, stderr)
		}
		code, _, stderr = runIn(t.Context(), a, strings.NewReader(long[1:]), strings.Fields(strings.ReplaceAll(line, "ID", long[1:]))...)
		if code != cli.Found {
			t.Errorf("%s with the longest: exit code %d, %s", line, code, stderr)
		}
	}
}
