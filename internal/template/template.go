// Package template reads template.yaml for tests, so that what is deployed and what the code assumes of it cannot
// drift apart.
package template

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/goccy/go-yaml"

	"disputecloser/internal/localaws"
)

// Template is the part of the template that tests compare with the code.
type Template struct {
	Parameters map[string]Parameter `yaml:"Parameters"`
	Resources  map[string]Resource  `yaml:"Resources"`
}

// Parameter is one that the operator may set.
type Parameter struct {
	AllowedPattern string `yaml:"AllowedPattern"`
}

// Resource is a function or an alarm; of the others, all is zero.
type Resource struct {
	Properties struct {
		// TimeoutSeconds is a function's.
		TimeoutSeconds int `yaml:"Timeout"`
		// Namespace, MetricName and Dimensions say what an alarm watches.
		Namespace  string `yaml:"Namespace"`
		MetricName string `yaml:"MetricName"`
		Dimensions []struct {
			Name string `yaml:"Name"`
		} `yaml:"Dimensions"`
	} `yaml:"Properties"`
}

// Read returns the module's template.
func Read(tb testing.TB) Template {
	tb.Helper()
	root, err := localaws.ModuleRoot()
	if err != nil {
		tb.Fatal(err)
	}
	content, err := os.ReadFile(filepath.Join(root, "template.yaml"))
	if err != nil {
		tb.Fatal(err)
	}
	var t Template
	if err := yaml.Unmarshal(content, &t); err != nil {
		tb.Fatal(err)
	}
	return t
}
