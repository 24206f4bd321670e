# says: refused
cat ../../../../../../../../../../@file@ 2>/dev/null && echo read
cd ../../../../../.. 2>/dev/null && ls "@dir@" 2>/dev/null && echo listed
echo refused
