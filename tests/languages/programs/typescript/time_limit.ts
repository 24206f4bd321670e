let turns: number = 0;
while (true) turns++;
