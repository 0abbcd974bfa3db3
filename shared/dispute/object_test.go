package dispute_test

import (
	"testing"

	"disputecloser/shared/dispute"
)

func TestObjectReadsEachFieldByItself(t *testing.T) {
	for field, want := range map[string]string{`"we_1"`: "we_1", `1497123612345438208`: "1497123612345438208", `{"id":"we_1"}`: "we_1", `{"id":7}`: "7", `{}`: "", `null`: "", `[]`: "", `true`: ""} {
		o, err := dispute.ParseObject([]byte(`{"id":` + field + `,"text":["x"],"flag":"true","other":1}`))
		if _, known := o.Bool("flag").Get(); err != nil || o.ID("id") != want || o.Text("text") != "" || known || string(o.Raw("other")) != "1" || o.Raw("absent") != nil {
			t.Errorf("%s: id %q, %v", field, o.ID("id"), err)
		}
	}
	o, err := dispute.ParseObject([]byte(`{"text":"x","flag":false}`))
	if err != nil || o.Text("text") != "x" || !dispute.Is(o.Bool("flag"), false) {
		t.Errorf("got %+v, %v", o, err)
	}
	for _, data := range []string{`[]`, `null`, `"x"`, `1`, ``, `{`} {
		if _, err := dispute.ParseObject([]byte(data)); err == nil {
			t.Errorf("%q counts as an object", data)
		}
	}
}
