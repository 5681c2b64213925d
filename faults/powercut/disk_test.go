package powercut

import (
	"bytes"
	"math/rand/v2"
	"syscall"
	"testing"
)

func chance(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

// made is a disk with one safe file "a" of two sectors of 'a'.
func made(t *testing.T) (*Disk, *file) {
	t.Helper()
	d := New(Files{"a": bytes.Repeat([]byte("a"), 2*sector)})
	return d, d.names["a"]
}

func ok(t *testing.T, errno syscall.Errno) {
	t.Helper()
	if errno != 0 {
		t.Fatal(errno)
	}
}

func TestSyncedIsFound(t *testing.T) {
	d, f := made(t)
	ok(t, d.write(f, sector, bytes.Repeat([]byte("b"), 3*sector)))
	ok(t, d.truncate(f, 3*sector))
	ok(t, d.sync(f))
	want := append(bytes.Repeat([]byte("a"), sector), bytes.Repeat([]byte("b"), 2*sector)...)
	if got := d.Cut(chance(1), 0)["a"]; !bytes.Equal(got, want) {
		t.Errorf("got %d bytes, want what was synced", len(got))
	}
}

func TestUnsyncedIsLostOrTorn(t *testing.T) {
	lost, torn, whole := 0, 0, 0
	for seed := range uint64(200) {
		d, f := made(t)
		ok(t, d.write(f, 0, bytes.Repeat([]byte("b"), 2*sector)))
		b := d.Cut(chance(seed), 0.5)["a"]
		switch first, second := b[0], b[sector]; {
		case len(b) != 2*sector, b[sector-1] != first, b[2*sector-1] != second:
			t.Fatalf("a sector is torn: %d bytes", len(b))
		case first != second:
			torn++
		case first == 'b':
			whole++
		default:
			lost++
		}
	}
	if lost == 0 || torn == 0 || whole == 0 {
		t.Errorf("got %d lost, %d torn, %d whole, want some of each", lost, torn, whole)
	}
}

func TestALaterWriteMaySurviveAnEarlierOne(t *testing.T) {
	for seed := range uint64(200) {
		d, f := made(t)
		ok(t, d.write(f, 0, bytes.Repeat([]byte("b"), sector)))
		ok(t, d.write(f, sector, bytes.Repeat([]byte("c"), sector)))
		if b := d.Cut(chance(seed), 0.5)["a"]; b[0] == 'a' && b[sector] == 'c' {
			return
		}
	}
	t.Error("writes always survive in their order")
}

func TestANameIsSafeWithItsDirectory(t *testing.T) {
	lost := false
	for seed := range uint64(50) {
		d := New(nil)
		f, errno := d.create("new")
		ok(t, errno)
		ok(t, d.write(f, 0, []byte("b")))
		ok(t, d.sync(f))
		if _, found := d.Cut(chance(seed), 1)["new"]; !found {
			lost = true
		}
	}
	if !lost {
		t.Error("a name was never lost before its directory was synced")
	}
	d := New(nil)
	_, errno := d.create("new")
	ok(t, errno)
	ok(t, d.syncNames())
	if _, found := d.Cut(chance(1), 0)["new"]; !found {
		t.Error("a name was lost after its directory was synced")
	}
}

func TestARenameIsWholeOrNot(t *testing.T) {
	for seed := range uint64(50) {
		d, _ := made(t)
		f, errno := d.create("b")
		ok(t, errno)
		ok(t, d.write(f, 0, []byte("b")))
		ok(t, d.sync(f))
		ok(t, d.syncNames())
		ok(t, d.rename(rename{from: "b", to: "a"}))
		found := d.Cut(chance(seed), 1)
		_, left := found["b"]
		if renamed := len(found["a"]) == 1; renamed == left {
			t.Errorf("got renamed %t, old name there %t", renamed, left)
		}
	}
}

func TestAfterTheCutNothingIsPromised(t *testing.T) {
	d, f := made(t)
	d.Cut(chance(1), 1)
	_, reading := d.read(f, 0, make([]byte, 1))
	for name, errno := range map[string]syscall.Errno{
		"write": d.write(f, 0, []byte("b")), "sync": d.sync(f), "read": reading, "truncate": d.truncate(f, 0), "directory": d.syncNames(),
	} {
		if errno != syscall.EIO {
			t.Errorf("%s: got %v, want an I/O error", name, errno)
		}
	}
}

func TestAFullDiskTakesNoMore(t *testing.T) {
	d, f := made(t)
	d.SetRoom(sector)
	ok(t, d.write(f, sector, make([]byte, 2*sector)))
	if errno := d.write(f, 3*sector, []byte("b")); errno != syscall.ENOSPC {
		t.Errorf("got %v, want no space", errno)
	}
	ok(t, d.write(f, 0, []byte("over what is there")))
	d.SetRoom(-1)
	ok(t, d.write(f, 3*sector, []byte("b")))
}
