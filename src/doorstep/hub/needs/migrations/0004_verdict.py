"""What the home says of a finished visit."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('needs', '0003_need_about_name'),
        ('people', '0003_help_texts'),
    ]

    operations = [
        migrations.CreateModel(
            name='Verdict',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mark', models.CharField(choices=[('well', '办好了'), ('partly', '办了一半'), ('badly', '没办好')], max_length=10)),
                ('words', models.CharField(blank=True, max_length=300)),
                ('channel', models.CharField(choices=[('web', '网上'), ('phone', '电话'), ('in_person', '当面'), ('paper', '纸面')], max_length=10)),
                ('at', models.DateTimeField()),
                ('need', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='verdict', to='needs.need')),
                ('said_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.person')),
            ],
        ),
    ]
