#include "version.h"

#include <string.h>

#ifndef LAST_KNOWN
#define LAST_KNOWN 0x030D
#endif
#define VERSION_AT (sizeof(PyObject) + sizeof(Py_ssize_t))
#define ROUNDS 32 /* the interpreter rewrites code that runs often */

uint64_t version_at(PyObject *dict) {
    uint64_t version;
    memcpy(&version, (const char *)dict + VERSION_AT, sizeof version);
    return version;
}

/* ``tried`` is the dictionary, and holds the names of ``module``. */
static const char functions[] = "def set_attribute(value): module.a = value\n"
                                "def set_item(value): tried['a'] = value\n"
                                "def get(): return module.a, tried['a'], get_global()\n"
                                "exec('def set_global(value): global a; a = value\\n'\n"
                                "     'def delete_global(): global a; del a\\n'\n"
                                "     'def get_global(): return a', tried)\n"
                                "set_global, delete_global, get_global = map(tried.pop, [*tried][-3:])\n";

static const struct {
    const char *text;
    int changes;
} steps[] = {
    {"tried['a'] = 1", 1},
    {"tried['a'] = 2", 1},
    {"tried['b'] = tried", 1},
    {"module.b = None", 1},
    {"module.c = 3", 1},
    {"tried.update(a=4)", 1},
    {"tried |= {'a': 5}", 1},
    {"tried.update(zip('ab', 'cd'))", 1},
    {"tried['b'] += 'e'", 1},
    {"get()", 0},
    {"tried.get('a'), 'a' in tried, [*tried.items()], dir(module), tried == dict(tried), str(tried)", 0},
    {"tried.pop('z', 0), tried.setdefault('a'), hasattr(module, 'z')", 0},
    {"other['a'] = len(other)", 0},
    {"del module.c", 1},
    {"tried.pop('b')", 1},
    {"tried.setdefault('b')", 1},
    {"tried.popitem()", 1},
    {"tried[1] = 6", 1},
    {"tried[1] = 7", 1},
    {"del tried[1]", 1},
    {"setattr(module, 'a', 8)", 1},
    {"set_global(9)", 1},
    {"set_global(10)", 1},
    {"set_attribute(11)", 1},
    {"set_attribute(12)", 1},
    {"set_item(13)", 1},
    {"set_item(14)", 1},
    {"get()", 0},
    {"delete_global()", 1},
    {"set_global(15)", 1},
    {"tried.clear()", 1},
    {"other.clear()", 0},
};
enum { STEPS = sizeof steps / sizeof *steps };

static int evaluate(PyObject *code, PyObject *names) {
    PyObject *result = code ? PyEval_EvalCode(code, names, names) : NULL;
    Py_XDECREF(result);
    return result != NULL;
}

/* Whether each change of one dictionary, and nothing else, is seen in that dictionary, as a number that none had. */
static int as_expected(PyObject *names, PyObject *tried, PyObject *other) {
    PyObject *code[STEPS], *first = Py_CompileString(functions, "<version>", Py_file_input);
    int expected = evaluate(first, names);
    Py_XDECREF(first);
    for (int i = 0; i < STEPS; i++)
        code[i] = Py_CompileString(steps[i].text, "<version>", Py_file_input);
    for (int i = 0; expected && i < ROUNDS * STEPS; i++) {
        uint64_t before = version_at(tried), of_other = version_at(other),
                 greatest = before > of_other ? before : of_other;
        expected = evaluate(code[i % STEPS], names) &&
                   (steps[i % STEPS].changes ? version_at(tried) > greatest : version_at(tried) == before);
    }
    for (int i = 0; i < STEPS; i++)
        Py_XDECREF(code[i]);
    return expected;
}

int dictionaries_have_versions(void) {
    PyObject *module = PyModule_New("tried"), *other = PyDict_New();
    PyObject *tried = module ? PyModule_GetDict(module) : NULL;
    PyObject *size = PyObject_GetAttrString((PyObject *)&PyDict_Type, "__basicsize__");
    PyObject *names =
        tried && other ? Py_BuildValue("{sOsOsO}", "module", module, "tried", tried, "other", other) : NULL;
    int have = Py_Version >> 16 <= LAST_KNOWN && names && size &&
               PyLong_AsSize_t(size) >= VERSION_AT + sizeof(uint64_t) && as_expected(names, tried, other);
    PyErr_Clear();
    if (names)
        PyDict_Clear(names); /* the functions in it refer to it */
    Py_XDECREF(names);
    Py_XDECREF(size);
    Py_XDECREF(other);
    Py_XDECREF(module);
    return have;
}
