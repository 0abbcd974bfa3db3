package ledgertest

import (
	"reflect"
	"testing"

	"disputecloser/shared/closing"
)

var aliases = []Check{
	{"what is stored is nobody's but the store's", sharesNothing},
}

func sharesNothing(t testing.TB, s Store) {
	given := Filled(t)
	want := Filled(t)
	saved := save(t, s, given)
	want.Version = 1
	scrub(&given)
	WantCase(t, load(t, s, want.ID), want)
	scrub(&saved)
	WantCase(t, load(t, s, want.ID), want)
	loaded := load(t, s, want.ID)
	scrub(&loaded)
	WantCase(t, load(t, s, want.ID), want)
	for _, c := range listAll(t, s, 10) {
		scrub(&c)
	}
	WantCase(t, load(t, s, want.ID), want)

	again := load(t, s, want.ID)
	won := claim(t, s, again, roomy(1))
	want.Version = 2
	scrub(&again)
	scrub(&won)
	WantCase(t, load(t, s, want.ID), want)
}

// scrub overwrites whatever the case's copies would share with it: what pointers, slices and maps lead to.
func scrub(c *closing.Case) { scrubBehind(reflect.ValueOf(c).Elem(), false) }

func scrubBehind(v reflect.Value, shared bool) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			scrubBehind(v.Elem(), true)
		}
	case reflect.Slice:
		for i := range v.Len() {
			scrubBehind(v.Index(i), true)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			scrubBehind(v.MapIndex(key), true)
			v.SetMapIndex(key, reflect.Value{})
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				scrubBehind(v.Field(i), shared)
			}
		}
	default:
		if shared && v.CanSet() {
			v.SetZero()
		}
	}
}
