// Package template reads template.yaml for tests, so that what is deployed and what the code assumes of it cannot
// drift apart.
package template

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/goccy/go-yaml"

	"disputecloser/internal/localaws"
)

// Template is the part of the template that tests compare with the code.
type Template struct {
	Metadata struct {
		Interface Interface `yaml:"AWS::CloudFormation::Interface"`
	} `yaml:"Metadata"`
	Globals struct {
		Function struct {
			Environment Environment `yaml:"Environment"`
		} `yaml:"Function"`
	} `yaml:"Globals"`
	Parameters map[string]Parameter `yaml:"Parameters"`
	Resources  map[string]Resource  `yaml:"Resources"`
	Outputs    map[string]struct {
		Description string `yaml:"Description"`
	} `yaml:"Outputs"`
}

// Interface is how the console shows the parameters.
type Interface struct {
	Groups []struct {
		Parameters []string `yaml:"Parameters"`
	} `yaml:"ParameterGroups"`
	Labels map[string]struct {
		Default string `yaml:"default"`
	} `yaml:"ParameterLabels"`
}

// Parameter is one that the operator may set.
type Parameter struct {
	Description           string `yaml:"Description"`
	AllowedPattern        string `yaml:"AllowedPattern"`
	MinValue              int    `yaml:"MinValue"`
	ConstraintDescription string `yaml:"ConstraintDescription"`
	Default               any    `yaml:"Default"`
}

// Resource is a function, a table, an alarm, a dashboard, a saved query, a role or a managed policy; of the others, all properties are
// zero.
type Resource struct {
	Type      string `yaml:"Type"`
	Condition string `yaml:"Condition"`
	// DeletionPolicy and UpdateReplacePolicy say what happens to what the resource holds.
	DeletionPolicy      texts `yaml:"DeletionPolicy"`
	UpdateReplacePolicy texts `yaml:"UpdateReplacePolicy"`
	// Metadata is about how a function is built.
	Metadata struct {
		WorkingDirectory string `yaml:"WorkingDirectory"`
	} `yaml:"Metadata"`
	Properties struct {
		// PermissionsBoundary is a role's; Roles are those that a policy is attached to.
		PermissionsBoundary texts `yaml:"PermissionsBoundary"`
		Roles               texts `yaml:"Roles"`
		// The keys are those of a queue or a topic, of a log group, and of the table.
		KmsMasterKeyID texts `yaml:"KmsMasterKeyId"`
		KmsKeyID       texts `yaml:"KmsKeyId"`
		Encryption     struct {
			KMSMasterKeyID texts `yaml:"KMSMasterKeyId"`
		} `yaml:"SSESpecification"`
		// AutoPublishAlias is a function's.
		AutoPublishAlias string `yaml:"AutoPublishAlias"`
		// Handler, Environment, TimeoutSeconds and Events are a function's.
		Handler        string           `yaml:"Handler"`
		Environment    Environment      `yaml:"Environment"`
		TimeoutSeconds int              `yaml:"Timeout"`
		Events         map[string]Event `yaml:"Events"`
		// Policies are a role's, and PolicyDocument is a managed policy's: see Policy.
		Policies []struct {
			PolicyDocument document `yaml:"PolicyDocument"`
		} `yaml:"Policies"`
		PolicyDocument document `yaml:"PolicyDocument"`
		Alarm          `yaml:",inline"`
		// GlobalSecondaryIndexes are a table's.
		GlobalSecondaryIndexes []Index `yaml:"GlobalSecondaryIndexes"`
		// DashboardBody is a dashboard's JSON, with its references as they are written, and what some of them stand for.
		DashboardBody texts `yaml:"DashboardBody"`
		// Name, LogGroupNames and QueryString are a saved query's.
		Name          string `yaml:"Name"`
		LogGroupNames texts  `yaml:"LogGroupNames"`
		QueryString   string `yaml:"QueryString"`
	} `yaml:"Properties"`
}

// Environment declares variables. What they are set to is only known when the template is deployed.
type Environment struct {
	Variables map[string]any `yaml:"Variables"`
}

// Functions returns the names of the functions, in order.
func (t Template) Functions() []string {
	var names []string
	for name, r := range t.Resources {
		if r.Type == "AWS::Serverless::Function" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Variables returns the names of the variables that a function has, in order.
func (t Template) Variables(function string) []string {
	all := maps.Clone(t.Globals.Function.Environment.Variables)
	maps.Copy(all, t.Resources[function].Properties.Environment.Variables)
	return slices.Sorted(maps.Keys(all))
}

// Index is an index of a table.
type Index struct {
	IndexName string `yaml:"IndexName"`
}

// Alarm says what an alarm watches, when it goes off and who is told. Periods are in seconds.
type Alarm struct {
	AlarmDescription string `yaml:"AlarmDescription"`
	Namespace        string `yaml:"Namespace"`
	MetricName       string `yaml:"MetricName"`
	Dimensions       []struct {
		Name  string `yaml:"Name"`
		Value texts  `yaml:"Value"`
	} `yaml:"Dimensions"`
	Statistic          string `yaml:"Statistic"`
	Period             int    `yaml:"Period"`
	EvaluationPeriods  int    `yaml:"EvaluationPeriods"`
	DatapointsToAlarm  int    `yaml:"DatapointsToAlarm"`
	Threshold          any    `yaml:"Threshold"`
	ComparisonOperator string `yaml:"ComparisonOperator"`
	TreatMissingData   string `yaml:"TreatMissingData"`
	AlarmActions       texts  `yaml:"AlarmActions"`
	OKActions          texts  `yaml:"OKActions"`
	Tags               []struct {
		Key   string `yaml:"Key"`
		Value string `yaml:"Value"`
	} `yaml:"Tags"`
}

// Event is what starts a function. Of those that are no route of the API, the properties are zero.
type Event struct {
	Type       string `yaml:"Type"`
	Properties struct {
		Path                 string `yaml:"Path"`
		Method               string `yaml:"Method"`
		PayloadFormatVersion string `yaml:"PayloadFormatVersion"`
		TimeoutMillis        int    `yaml:"TimeoutInMillis"`
		Auth                 struct {
			Authorizer string `yaml:"Authorizer"`
		} `yaml:"Auth"`
	} `yaml:"Properties"`
}

// Alarms returns the alarms by their logical ids.
func (t Template) Alarms() map[string]Alarm {
	alarms := map[string]Alarm{}
	for name, r := range t.Resources {
		if r.Type == "AWS::CloudWatch::Alarm" {
			alarms[name] = r.Properties.Alarm
		}
	}
	return alarms
}

// Read returns the module's template.
func Read(tb testing.TB) Template {
	tb.Helper()
	var t Template
	if err := yaml.Unmarshal(text(tb), &t); err != nil {
		tb.Fatal(err)
	}
	return t
}

func text(tb testing.TB) []byte {
	tb.Helper()
	root, err := localaws.ModuleRoot()
	if err != nil {
		tb.Fatal(err)
	}
	content, err := os.ReadFile(filepath.Join(root, "template.yaml"))
	if err != nil {
		tb.Fatal(err)
	}
	return content
}
