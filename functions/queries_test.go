package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"disputecloser/internal/template"
)

// lambdas are the fields of a line that Lambda's own logger names, and those of CloudWatch Logs.
var lambdas = []string{"@timestamp", "message", "level"}

var (
	quotedText = regexp.MustCompile(`"([^"]+)"`)
	fieldList  = regexp.MustCompile(`(?m)^fields (.+)$`)
	filtered   = regexp.MustCompile(`(?m)^\| filter (?:ispresent\()?(\w+)|^filter (\w+)`)
	counted    = regexp.MustCompile(`(?:sum|min|max|count_distinct)\(([@\w]+)\)`)
	grouped    = regexp.MustCompile(`(?m)^\| stats .* by (.+)$`)
)

// A query for a message that nobody logs finds nothing, and says nothing.
func TestEachSavedQueryAsksForWhatIsLogged(t *testing.T) {
	source := sources(t)
	queries := 0
	for name, r := range template.Read(t).Resources {
		if r.Type != "AWS::Logs::QueryDefinition" {
			continue
		}
		queries++
		q := r.Properties.QueryString
		for _, text := range quotedText.FindAllStringSubmatch(q, -1) {
			if text[1] != "dp_" && !strings.Contains(source, `"`+text[1]+`"`) && text[1] != "ERROR" && text[1] != "WARN" {
				t.Errorf("%s asks for %q, which nobody logs", name, text[1])
			}
		}
		for _, field := range fieldsOf(q) {
			if !strings.Contains(source, `"`+field+`"`) {
				t.Errorf("%s asks for the field %s, which nobody logs", name, field)
			}
		}
		if len(r.Properties.LogGroupNames) == 0 || r.Properties.Name == "" {
			t.Errorf("%s has no log group or no name", name)
		}
		for _, group := range r.Properties.LogGroupNames {
			if template.Read(t).Resources[group].Type != "AWS::Logs::LogGroup" {
				t.Errorf("%s asks %s, which is no log group", name, group)
			}
		}
	}
	if queries < 5 {
		t.Errorf("the template saves %d queries", queries)
	}
}

// fieldsOf returns the fields of our own that a query names.
func fieldsOf(query string) []string {
	var names []string
	for _, list := range append(fieldList.FindAllStringSubmatch(query, -1), grouped.FindAllStringSubmatch(query, -1)...) {
		for name := range strings.SplitSeq(list[1], ",") {
			if name = strings.TrimSpace(name); !strings.HasPrefix(name, "bin(") {
				names = append(names, name)
			}
		}
	}
	for _, found := range filtered.FindAllStringSubmatch(query, -1) {
		names = append(names, found[1]+found[2])
	}
	for _, found := range counted.FindAllStringSubmatch(query, -1) {
		names = append(names, found[1])
	}
	var ours []string
	for _, name := range names {
		if !strings.Contains(" "+strings.Join(lambdas, " ")+" ", " "+name+" ") {
			ours = append(ours, name)
		}
	}
	return ours
}

// sources returns the text of what is deployed.
func sources(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, pattern := range []string{"*.go", "*/*.go", "../shared/*/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatal(pattern, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(text)
		}
	}
	return all.String()
}
