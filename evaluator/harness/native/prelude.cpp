#include <bits/stdc++.h>
using namespace std;
#define main microcoder_submission_main
